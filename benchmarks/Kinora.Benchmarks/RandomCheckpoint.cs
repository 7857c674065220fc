using System.Text.Json;
using System.Text.Json.Nodes;
using Kinora.Models.Benchmarking;
using Kinora.Models.Checkpoints;
using Kinora.Models.Connectors;
using Kinora.Models.Language;
using Kinora.Models.Vision;
using Kinora.Models.Weights;
using Kinora.Tensors;

namespace Kinora.Benchmarks;

/// <summary>A Tarsier v1 checkpoint of real size with random bfloat16 weights: a ViT-L/14-336 tower and the decoder of the language benchmark. Its answers are nonsense.</summary>
internal static class RandomCheckpoint
{
    private const long ShardBytes = 1L << 30;

    public static void Write(string directory, string tokenizer, int layers)
    {
        Directory.CreateDirectory(directory);
        var config = LanguageBenchmark.Config with { Layers = layers };
        foreach (var name in new[] { "tokenizer.json", "tokenizer.model", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json" })
        {
            if (File.Exists(Path.Combine(tokenizer, name)))
            {
                File.Copy(Path.Combine(tokenizer, name), Path.Combine(directory, name), overwrite: true);
            }
        }

        var published = JsonNode.Parse(File.ReadAllText(Path.Combine(tokenizer, "config.json")))!.AsObject();
        File.WriteAllText(Path.Combine(directory, "config.json"), Settings(config, published).ToJsonString());
        File.WriteAllText(Path.Combine(directory, "preprocessor_config.json"), """{"size": {"shortest_edge": 336}, "crop_size": 336}""");

        // The model's own code says which tensors it takes.
        var names = new TensorNames();
        var weights = new WeightLoader(names, WeightFormat.AsStored) { Dry = true };
        var vision = new ClipConfig();
        _ = new ClipTower(weights, vision, "vision_tower.vision_model.", vision.Layers - 1);
        _ = new MlpProjector(weights, vision.HiddenSize, config.HiddenSize, Activation.Gelu, "multi_modal_projector.");
        using (new LlamaDecoder(weights, config, "language_model."))
        {
            WriteShards(directory, names.Taken);
        }
    }

    private static JsonObject Settings(LlamaConfig config, JsonObject published) => new()
    {
        ["model_type"] = "llava",
        ["image_token_index"] = published["image_token_index"]?.DeepClone(),
        ["image_newline_idx"] = published["image_newline_idx"]?.DeepClone(),
        ["image_new_idx"] = published["image_new_idx"]?.DeepClone(),
        ["eos_token_id"] = 2,
        ["text_config"] = new JsonObject
        {
            ["hidden_size"] = config.HiddenSize,
            ["intermediate_size"] = config.IntermediateSize,
            ["num_hidden_layers"] = config.Layers,
            ["num_attention_heads"] = config.Heads,
            ["num_key_value_heads"] = config.KeyValueHeads,
            ["vocab_size"] = config.VocabularySize,
            ["rms_norm_eps"] = 1e-5,
        },
    };

    private static void WriteShards(string directory, List<(string Name, int[] Shape)> tensors)
    {
        var map = new Dictionary<string, string>();
        var (shard, first) = (1, 0);
        while (first < tensors.Count)
        {
            using var random = new RandomTensors(_ => StorageFormat.BF16);
            var file = $"model-{shard++:00000}.safetensors";
            var (writer, bytes) = (new SafetensorsWriter(), 0L);
            for (; first < tensors.Count && bytes < ShardBytes; first++)
            {
                var (name, shape) = tensors[first];
                var tensor = random.Take(name, shape);
                bytes += tensor.Bytes;
                writer.Add(name, tensor);
                map.Add(name, file);
            }

            writer.Write(Path.Combine(directory, file));
        }

        File.WriteAllText(Path.Combine(directory, "model.safetensors.index.json"), JsonSerializer.Serialize(new { weight_map = map }));
    }
}
