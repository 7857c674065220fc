using System.Text.Json.Nodes;
using Kinora.Models.Checkpoints;
using Kinora.Tensors;
using Kinora.Training.Optimization;
using Kinora.Training.Trainers;
using Kinora.Training.Verification;

namespace Kinora.Training.Tests.Trainers;

/// <summary>The golden checkpoint of training, made one of PLLaVA's: same tower, projector and decoder, features averaged, and if it is wrapped with low-rank updates beside q and v.</summary>
internal sealed class SmallPllava : IDisposable
{
    public const int Frames = 4;

    private readonly TemporaryDirectory directory = new();

    public SmallPllava(bool wrapped)
    {
        directory.CopyFrom(Fixture.At("training", "checkpoint"));
        var config = JsonNode.Parse(File.ReadAllText(directory.File("config.json")))!.AsObject();
        config.Remove("image_newline_idx");
        config.Remove("image_new_idx");
        config["architectures"] = new JsonArray("PllavaForConditionalGeneration");
        (config["frame_shape"], config["pooling_shape"], config["num_frames"]) = (new JsonArray(2, 8), new JsonArray(3, 2, 3), Frames);
        File.WriteAllText(directory.File("config.json"), config.ToJsonString());
        if (wrapped)
        {
            Wrap();
        }
    }

    public string Path => directory.Path;

    /// <summary>Loads it.</summary>
    /// <param name="path">Its directory.</param>
    /// <param name="prefix">What the names of learning tensors begin with; null: none of the model's own learns.</param>
    /// <param name="lora">Adapters.</param>
    public static TrainableModel Load(string path, string? prefix, LoraSettings? lora = null) => TrainableModel.Load(
        path,
        (_, name, tensor) => prefix is not null && name.StartsWith(prefix, StringComparison.Ordinal) ? new(name, tensor.Shape, 1, 0) : null,
        lora,
        NumberTokenizer.Of(300));

    public void Dispose() => directory.Dispose();

    private void Wrap()
    {
        const int Rank = 5;
        var (random, tensors) = (new Random(3), new List<(string, Tensor)>());
        using (var file = SafetensorsFile.Open(Fixture.At("training", "checkpoint", "model.safetensors")))
        {
            foreach (var (name, entry) in file.Entries)
            {
                var stored = name.Replace("language_model.", "language_model.base_model.model.", StringComparison.Ordinal);
                var updated = stored.Contains("base_model", StringComparison.Ordinal) && (stored.EndsWith("q_proj.weight", StringComparison.Ordinal) || stored.EndsWith("v_proj.weight", StringComparison.Ordinal));
                if (updated)
                {
                    var layer = stored[..^".weight".Length];
                    tensors.Add(($"{layer}.lora_A.default.weight", SmallTarsier.Random(random, 0.3f, Rank, entry.Shape[1])));
                    tensors.Add(($"{layer}.lora_B.default.weight", SmallTarsier.Random(random, 0.3f, entry.Shape[0], Rank)));
                    stored = layer + ".base_layer.weight";
                }

                tensors.Add((stored, Tensor.From(file.ReadFloats(name), new Shape(entry.Shape))));
            }
        }

        SafetensorsWriter.Write(directory.File("model.safetensors"), tensors);
        tensors.ForEach(tensor => tensor.Item2.Dispose());
    }
}
