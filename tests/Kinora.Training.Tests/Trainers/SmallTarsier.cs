using System.Text.Json.Nodes;
using Kinora.Models.Checkpoints;
using Kinora.Tensors;
using Kinora.Training.Optimization;
using Kinora.Training.Trainers;
using Kinora.Training.Verification;

namespace Kinora.Training.Tests.Trainers;

/// <summary>The golden checkpoint of training, changed to what other checkpoints of the family may be.</summary>
internal sealed class SmallTarsier : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    /// <param name="tied">Whether the embedding table is the head; it is then stored twice.</param>
    /// <param name="biases">Whether the decoder's layers have biases.</param>
    public SmallTarsier(bool tied = false, bool biases = false)
    {
        directory.CopyFrom(Fixture.At("training", "checkpoint"));
        var config = JsonNode.Parse(File.ReadAllText(directory.File("config.json")))!;
        var text = config["text_config"]!;
        (text["tie_word_embeddings"], text["attention_bias"], text["mlp_bias"]) = (tied, biases, biases);
        File.WriteAllText(directory.File("config.json"), config.ToJsonString());
        var tensors = new Dictionary<string, Tensor>();
        using (var file = SafetensorsFile.Open(Fixture.At("training", "checkpoint", "model.safetensors")))
        {
            foreach (var (name, entry) in file.Entries)
            {
                tensors[name] = Tensor.From(file.ReadFloats(name), new Shape(entry.Shape));
            }
        }

        var random = new Random(11);
        foreach (var name in biases ? tensors.Keys.Where(name => name.Contains("model.layers.", StringComparison.Ordinal) && name.EndsWith("_proj.weight", StringComparison.Ordinal)).ToArray() : [])
        {
            tensors[name.Replace(".weight", ".bias", StringComparison.Ordinal)] = Random(random, 0.1f, tensors[name].Shape.Rows);
        }

        if (tied)
        {
            tensors["language_model.lm_head.weight"] = tensors["language_model.model.embed_tokens.weight"];
        }

        SafetensorsWriter.Write(directory.File("model.safetensors"), tensors.Select(pair => (pair.Key, pair.Value)));
    }

    public string Path => directory.Path;

    public static Tensor Random(Random random, float size, params int[] shape)
    {
        var tensor = Tensor.Allocate(new Shape(shape));
        foreach (ref var value in tensor.AsSpan())
        {
            value = size * ((2 * random.NextSingle()) - 1);
        }

        return tensor;
    }

    /// <summary>Loads it. Adapters, which would begin with B = 0, get values.</summary>
    /// <param name="prefix">What the names of learning tensors begin with; null: none of the model's own learns.</param>
    /// <param name="lora">Adapters.</param>
    public TrainableModel Load(string? prefix, LoraSettings? lora = null)
    {
        var trainable = Load(Path, prefix, lora);
        var random = new Random(12);
        foreach (var parameter in trainable.Store.Parameters.Where(parameter => parameter.Settings.Name.Contains("lora_B", StringComparison.Ordinal)))
        {
            using var values = Random(random, 0.3f, (int)parameter.Settings.Shape.Count);
            values.AsSpan().CopyTo(parameter.Weights.AsSpan());
        }

        return trainable;
    }

    public static TrainableModel Load(string path, string? prefix, LoraSettings? lora = null) => TrainableModel.Load(
        path,
        (_, name, tensor) => prefix is not null && name.StartsWith(prefix, StringComparison.Ordinal) ? new(name, tensor.Shape, 1, 0) : null,
        lora,
        NumberTokenizer.Of(300));

    public void Dispose() => directory.Dispose();
}
