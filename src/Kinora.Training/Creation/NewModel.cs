using System.Text.Json;
using Kinora.Models.Checkpoints;
using Kinora.Models.Tokenization.Learning;
using Kinora.Tensors;
using Kinora.Training.Recipes;

namespace Kinora.Training.Creation;

/// <summary>Makes a model of Tarsier v1's structure from nothing: settings, a vocabulary learned from texts, and weights drawn from a seed. The same seed and texts give the same files on every machine.</summary>
public static class NewModel
{
    /// <summary>The directory of the new model within a run.</summary>
    public const string Directory = "start";

    /// <summary>Writes the model's files.</summary>
    /// <param name="directory">An empty directory.</param>
    /// <param name="sizes">The sizes.</param>
    /// <param name="texts">What the vocabulary is learned from.</param>
    /// <param name="seed">What the weights follow from.</param>
    /// <exception cref="CheckpointException">The weights can't be written.</exception>
    /// <exception cref="IOException">A file can't be written.</exception>
    public static void Write(string directory, CreateSection sizes, IEnumerable<string> texts, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(sizes);
        var image = sizes.Vocabulary - 3;
        File.WriteAllBytes(Path.Combine(directory, "tokenizer.json"), BytePairTrainer.Train(texts, image, sizes.Vocabulary));
        foreach (var (name, content) in Settings(sizes, image))
        {
            File.WriteAllBytes(Path.Combine(directory, name), JsonSerializer.SerializeToUtf8Bytes(content, JsonFormat.Indented));
        }

        var writer = new SafetensorsWriter();
        writer.Metadata["format"] = "pt";
        var tensors = new List<Tensor>();
        try
        {
            foreach (var (name, shape, spread) in NewWeights.Of(sizes))
            {
                var tensor = Tensor.Allocate(shape);
                tensors.Add(tensor);
                Fill(tensor.AsSpan(), spread, CounterRandom.Mix(seed, (ulong)tensors.Count));
                writer.Add(name, tensor);
            }

            writer.Write(Path.Combine(directory, "model.safetensors"));
        }
        finally
        {
            tensors.ForEach(tensor => tensor.Dispose());
        }
    }

    /// <summary>Ones for norms, else numbers around 0: sums of four uniform ones, which needs no function that machines round differently.</summary>
    private static void Fill(Span<float> values, float spread, ulong seed)
    {
        if (spread is NewWeights.Ones or 0)
        {
            values.Fill(spread == 0 ? 0 : 1);
            return;
        }

        // Each uniform number has the variance 1/12.
        var random = new CounterRandom(seed);
        foreach (ref var value in values)
        {
            value = (float)((random.Uniform() + random.Uniform() + random.Uniform() + random.Uniform() - 2) * Math.Sqrt(3)) * spread;
        }
    }

    private static IEnumerable<(string Name, object Content)> Settings(CreateSection sizes, int image)
    {
        yield return ("config.json", new Dictionary<string, object>
        {
            ["architectures"] = new[] { "TarsierForConditionalGeneration" },
            ["model_type"] = "llava",
            ["image_token_index"] = image,
            ["image_newline_idx"] = image + 1,
            ["image_new_idx"] = image + 2,
            ["ignore_index"] = -100,
            ["projector_hidden_act"] = "gelu",
            ["vision_feature_layer"] = -2,
            ["vision_feature_select_strategy"] = "default",
            ["vocab_size"] = sizes.Vocabulary,
            ["torch_dtype"] = "float32",
            ["tie_word_embeddings"] = false,
            ["bos_token_id"] = BytePairTrainer.BeginId,
            ["eos_token_id"] = BytePairTrainer.EndId,
            ["pad_token_id"] = 0,
            ["vision_config"] = new Dictionary<string, object>
            {
                ["model_type"] = "clip_vision_model",
                ["hidden_size"] = sizes.VisionHidden,
                ["intermediate_size"] = sizes.VisionInner,
                ["num_hidden_layers"] = sizes.VisionLayers,
                ["num_attention_heads"] = sizes.VisionHeads,
                ["image_size"] = sizes.ImageSize,
                ["patch_size"] = sizes.PatchSize,
                ["projection_dim"] = sizes.VisionHidden,
                ["hidden_act"] = "quick_gelu",
                ["layer_norm_eps"] = 1e-5,
                ["vocab_size"] = sizes.Vocabulary,
            },
            ["text_config"] = new Dictionary<string, object>
            {
                ["model_type"] = "llama",
                ["architectures"] = new[] { "LlamaForCausalLM" },
                ["hidden_size"] = sizes.Hidden,
                ["intermediate_size"] = sizes.Inner,
                ["num_hidden_layers"] = sizes.Layers,
                ["num_attention_heads"] = sizes.Heads,
                ["num_key_value_heads"] = sizes.KeyValueHeads,
                ["head_dim"] = sizes.Hidden / sizes.Heads,
                ["hidden_act"] = "silu",
                ["rms_norm_eps"] = 1e-5,
                ["rope_theta"] = sizes.RopeTheta,
                ["max_position_embeddings"] = 1024,
                ["vocab_size"] = sizes.Vocabulary,
                ["bos_token_id"] = BytePairTrainer.BeginId,
                ["eos_token_id"] = BytePairTrainer.EndId,
                ["pad_token_id"] = 0,
                ["tie_word_embeddings"] = false,
                ["attention_bias"] = false,
                ["mlp_bias"] = false,
            },
        });
        yield return ("preprocessor_config.json", new Dictionary<string, object>
        {
            ["image_processor_type"] = "CLIPImageProcessor",
            ["do_resize"] = true,
            ["size"] = new { shortest_edge = sizes.ImageSize },
            ["resample"] = 3,
            ["do_center_crop"] = true,
            ["crop_size"] = new { height = sizes.ImageSize, width = sizes.ImageSize },
            ["do_rescale"] = true,
            ["rescale_factor"] = 1.0 / 255,
            ["do_normalize"] = true,
            ["image_mean"] = new[] { 0.48145466, 0.4578275, 0.40821073 },
            ["image_std"] = new[] { 0.26862954, 0.26130258, 0.27577711 },
            ["do_convert_rgb"] = true,
        });
        yield return ("tokenizer_config.json", new
        {
            tokenizer_class = "PreTrainedTokenizerFast",
            add_bos_token = true,
            add_eos_token = false,
            bos_token = "<s>",
            eos_token = "</s>",
            unk_token = "<unk>",
            pad_token = "<unk>",
            clean_up_tokenization_spaces = false,
            model_max_length = 1024,
            padding_side = "left",
            image_token = "<image>",
        });
        yield return ("special_tokens_map.json", new { bos_token = "<s>", eos_token = "</s>", unk_token = "<unk>", pad_token = "<unk>" });
        yield return ("generation_config.json", new { bos_token_id = BytePairTrainer.BeginId, eos_token_id = BytePairTrainer.EndId, pad_token_id = 0, do_sample = false, max_new_tokens = 128 });
    }
}
