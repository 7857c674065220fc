using System.Text.Json;
using Kinora.Models.Checkpoints;
using Kinora.Models.Connectors;
using Kinora.Models.Language;
using Kinora.Models.Vision;
using Kinora.Models.Weights;
using Kinora.Tensors;

namespace Kinora.Benchmarks;

/// <summary>A random Tarsier-shaped checkpoint in F32 and a batch of clips with texts of unequal lengths: what Kinora and its peers train on.</summary>
internal static class TrainingData
{
    public const int Frames = 8;
    private const int ImageSize = 64;
    private const int PatchSize = 8;
    private const int FewestTokens = 64;
    private const int MostTokens = 128;

    public static void Write(string size, string directory)
    {
        var large = size == "large";
        var (visionWidth, visionBlocks, width, layers, heads, inner, vocabulary, clips) = large ? (512, 6, 768, 8, 12, 2048, 16000, 4) : (192, 4, 256, 6, 8, 688, 8000, 8);
        var vision = new ClipConfig { HiddenSize = visionWidth, IntermediateSize = 4 * visionWidth, Layers = visionBlocks + 1, Heads = visionWidth / 64, ImageSize = ImageSize, PatchSize = PatchSize };
        Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, "config.json"), JsonSerializer.Serialize(new
        {
            model_type = "llava",
            image_token_index = 1,
            eos_token_id = 2,
            image_newline_idx = 3,
            image_new_idx = 4,
            text_config = new { hidden_size = width, intermediate_size = inner, num_hidden_layers = layers, num_attention_heads = heads, vocab_size = vocabulary, rms_norm_eps = 1e-5 },
            vision_config = new { hidden_size = visionWidth, intermediate_size = vision.IntermediateSize, num_hidden_layers = vision.Layers, num_attention_heads = vision.Heads, image_size = ImageSize, patch_size = PatchSize },
        }));
        var side = JsonSerializer.Serialize(new { size = new { shortest_edge = ImageSize }, crop_size = ImageSize });
        File.WriteAllText(Path.Combine(directory, "preprocessor_config.json"), side);
        var words = Enumerable.Range(0, vocabulary).ToDictionary(id => $"<{id}>");
        File.WriteAllText(Path.Combine(directory, "tokenizer.json"), JsonSerializer.Serialize(new { model = new { type = "BPE", vocab = words, merges = Array.Empty<string>() } }));

        // The model's own code says which tensors it takes.
        var names = new TensorNames();
        var weights = new WeightLoader(names, WeightFormat.AsStored) { Dry = true };
        _ = new ClipTower(weights, vision, "vision_tower.vision_model.", visionBlocks);
        _ = new MlpProjector(weights, visionWidth, width, Activation.Gelu, "multi_modal_projector.");
        var config = ConfigReader.Load(Path.Combine(directory, "config.json"));
        using (new LlamaDecoder(weights, LlamaConfig.Read(config.Section("text_config")), "language_model."))
        {
            var random = new Random(1);
            SafetensorsWriter.Write(Path.Combine(directory, "model.safetensors"), names.Taken.Select(tensor => (tensor.Name, Values(random, tensor.Name, tensor.Shape))));
            WriteBatch(Path.Combine(directory, "batch.safetensors"), random, clips, vocabulary);
        }
    }

    /// <summary>Norms about one, biases about zero, matrices that keep the size of what they multiply.</summary>
    private static Tensor Values(Random random, string name, int[] shape)
    {
        var tensor = Tensor.Allocate(new Shape(shape));
        var norm = shape.Length == 1 && name.Contains("norm", StringComparison.Ordinal) && name.EndsWith(".weight", StringComparison.Ordinal);
        var scale = shape.Length == 1 || name.Contains("embedding.weight", StringComparison.Ordinal) ? 0.1f : MathF.Sqrt(3f / shape.Skip(1).Aggregate(1, (product, extent) => product * extent));
        foreach (ref var value in tensor.AsSpan())
        {
            value = (norm ? 1 : 0) + (scale * ((2 * random.NextSingle()) - 1));
        }

        return tensor;
    }

    private static void WriteBatch(string path, Random random, int clips, int vocabulary)
    {
        var (ids, labels, lengths) = (new List<long>(), new List<long>(), new List<long>());
        for (var clip = 0; clip < clips; clip++)
        {
            // A question of a quarter, then the answer, which is learned.
            var tokens = FewestTokens + ((MostTokens - FewestTokens) * clip / (clips - 1));
            ids.AddRange(Enumerable.Repeat(1L, Frames));
            labels.AddRange(Enumerable.Repeat(-100L, Frames));
            for (var i = 0; i < tokens; i++)
            {
                ids.Add(random.Next(5, vocabulary));
                labels.Add(i < tokens / 4 ? -100 : ids[^1]);
            }

            lengths.Add(Frames + tokens);
        }

        using var pixels = Benchmarks.Values.Random(clips * Frames, 3, ImageSize, ImageSize);
        var writer = new SafetensorsWriter();
        writer.Add("pixel_values", pixels);
        writer.Add("ids", [.. ids], ids.Count);
        writer.Add("labels", [.. labels], labels.Count);
        writer.Add("lengths", [.. lengths], lengths.Count);
        writer.Write(path);
    }
}
