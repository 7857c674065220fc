using System.Text.Json.Nodes;
using Kinora.Models.Checkpoints;
using Kinora.Tensors;

namespace Kinora.Models.Tests.Families;

/// <summary>A Tarsier v1 checkpoint of random shapes and weights in a directory of its own, with what the original would make of its config.json.</summary>
internal sealed class RandomTarsier : IDisposable
{
    private readonly TemporaryDirectory directory = new();
    private readonly Random random;
    private readonly Dictionary<string, double[]> weights = [];
    private readonly List<(string Name, Tensor Tensor)> tensors = [];
    private readonly JsonObject vision = [];
    private readonly JsonObject text = [];
    private readonly JsonObject config = [];

    public RandomTarsier(int seed, int? imageId = null)
    {
        random = new Random(seed);
        Sizes = ReadText(ReadVision(new PlainSizes()));
        var ids = new HashSet<int> { imageId ?? random.Next(10, Sizes.Vocabulary) };
        while (ids.Count < 3)
        {
            // Low ids are the tokenizer's own special tokens.
            ids.Add(random.Next(10, Sizes.Vocabulary));
        }

        var shuffled = ids.ToArray();
        Sizes = Sizes with
        {
            ImageId = shuffled[0],
            RowEndId = shuffled[1],
            PictureEndId = shuffled[2],
            FeatureLayer = Value(config, "vision_feature_layer", -2, random.Next(-Math.Min(3, Sizes.VisionLayers + 1), Sizes.VisionLayers + 1), 0.2),
            ProjectorActivation = Value(config, "projector_hidden_act", "gelu", Pick("gelu", "gelu_new", "gelu_pytorch_tanh", "quick_gelu", "silu"), 0.3),
        };
        (config["image_token_index"], config["image_newline_idx"], config["image_new_idx"]) = (Sizes.ImageId, Sizes.RowEndId, Sizes.PictureEndId);
        (config["model_type"], config["text_config"], config["vision_config"]) = ("llava", text, vision);
        MakeWeights();
        WriteFiles();
    }

    public string Path => directory.Path;

    public PlainSizes Sizes { get; }

    public PlainTarsier Reference => new(Sizes, weights);

    /// <summary>The stored values by name.</summary>
    public IReadOnlyDictionary<string, double[]> Weights => weights;

    /// <summary>Pixels of pictures, each [3 * side * side], of the size that normalised pixels have.</summary>
    public float[][] Pictures(int count) => [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, 3 * Sizes.Image * Sizes.Image).Select(_ => (float)Normal()).ToArray())];

    /// <summary>A prompt with placeholders anywhere, also side by side and at both ends.</summary>
    public int[] Prompt(int pictures, int texts)
    {
        var ids = Enumerable.Range(0, texts).Select(_ => OrdinaryId()).ToList();
        for (var i = 0; i < pictures; i++)
        {
            ids.Insert(random.Next(ids.Count + 1), Sizes.ImageId);
        }

        return [.. ids];
    }

    public int Next(int least, int end) => random.Next(least, end);

    public void Dispose()
    {
        tensors.ForEach(tensor => tensor.Tensor.Dispose());
        directory.Dispose();
    }

    private int OrdinaryId()
    {
        var id = random.Next(Sizes.Vocabulary);
        return id == Sizes.ImageId ? OrdinaryId() : id;
    }

    private PlainSizes ReadVision(PlainSizes sizes)
    {
        var heads = Value(vision, "num_attention_heads", 12, random.Next(1, 6), 0.15);
        var patch = Value(vision, "patch_size", 32, random.Next(1, 12), 0.15);
        var grid = random.Next(1, 6);
        var image = patch >= 30 && random.NextDouble() < 0.5
            ? Value(vision, "image_size", 224, 224, 1)
            : Value(vision, "image_size", 224, (grid * patch) + random.Next(patch), 0);
        var layers = Value(vision, "num_hidden_layers", 12, random.Next(1, 4), 0.1);
        return sizes with
        {
            VisionHeads = heads,
            Patch = patch,
            Image = image,
            VisionLayers = layers,
            Vision = heads == 12 && layers < 4 && random.NextDouble() < 0.3
                ? Value(vision, "hidden_size", 768, 768, 1)
                : Value(vision, "hidden_size", 768, heads * random.Next(1, heads == 12 ? 4 : 14), 0),
            VisionInner = Value(vision, "intermediate_size", 3072, random.Next(1, 90), layers < 4 ? 0.1 : 0),
            LayerNormEpsilon = Value(vision, "layer_norm_eps", 1e-5, Pick(1e-5, 1e-6, 1e-3, 0.02), 0.4),
            VisionActivation = Value(vision, "hidden_act", "quick_gelu", Pick("quick_gelu", "gelu", "gelu_new", "gelu_pytorch_tanh"), 0.3),
        };
    }

    private PlainSizes ReadText(PlainSizes sizes)
    {
        var heads = Value(text, "num_attention_heads", 32, random.Next(1, 8), 0.1);
        var headSize = 2 * random.Next(1, heads == 32 ? 3 : 14);
        var hidden = heads * headSize;
        if (random.NextDouble() < 0.5)
        {
            hidden = random.Next(5, 75);
            text["head_dim"] = headSize;
        }

        text["hidden_size"] = hidden;
        var divisors = Enumerable.Range(1, heads).Where(count => heads % count == 0).ToArray();
        var layers = Value(text, "num_hidden_layers", 32, random.Next(1, 4), hidden < 40 ? 0.08 : 0);
        return sizes with
        {
            Text = hidden,
            TextHeads = heads,
            HeadSize = headSize,
            KeyValueHeads = Value(text, "num_key_value_heads", heads, Pick(divisors), 0.25),
            TextLayers = layers,
            TextInner = Value(text, "intermediate_size", 11008, random.Next(1, 130), layers < 4 && hidden < 40 ? 0.08 : 0),
            Vocabulary = Value(text, "vocab_size", 32000, random.Next(624, 700), hidden < 40 ? 0.08 : 0),
            RmsNormEpsilon = Value(text, "rms_norm_eps", 1e-6, Pick(1e-5, 1e-6, 1e-3, 0.02), 0.4),
            RopeTheta = Value(text, "rope_theta", 10000.0, Pick(100.0, 10000.0, 500000.0, 5e6), 0.3),
            AttentionBias = Value(text, "attention_bias", false, true, 0.6),
            MlpBias = Value(text, "mlp_bias", false, true, 0.6),
            Tied = Value(text, "tie_word_embeddings", false, true, 0.6),
        };
    }

    /// <summary>Writes a setting, or leaves it out (or null, which means the same) so that the default takes effect.</summary>
    private T Value<T>(JsonObject where, string key, T fallback, T value, double omitted)
    {
        if (random.NextDouble() >= omitted)
        {
            where[key] = JsonValue.Create(value);
            return value;
        }

        if (random.NextDouble() < 0.3)
        {
            where[key] = null;
        }

        return fallback;
    }

    private T Pick<T>(params T[] values) => values[random.Next(values.Length)];

    private void MakeWeights()
    {
        const string Tower = "vision_tower.vision_model.";
        var s = Sizes;
        Vector(Tower + "embeddings.class_embedding", 0, s.Vision);
        Add(Tower + "embeddings.patch_embedding.weight", 0, 1 / Math.Sqrt(3.0 * s.Patch * s.Patch), s.Vision, 3, s.Patch, s.Patch);
        Add(Tower + "embeddings.position_embedding.weight", 0, 0.5, (s.Grid * s.Grid) + 1, s.Vision);
        Norm(Tower + "pre_layrnorm", s.Vision);
        Norm(Tower + "post_layernorm", s.Vision);
        for (var layer = 0; layer < s.VisionLayers; layer++)
        {
            var name = $"{Tower}encoder.layers.{layer}.";
            foreach (var part in new[] { "q_proj", "k_proj", "v_proj", "out_proj" })
            {
                Layer($"{name}self_attn.{part}", s.Vision, s.Vision, true);
            }

            Norm(name + "layer_norm1", s.Vision);
            Norm(name + "layer_norm2", s.Vision);
            Layer(name + "mlp.fc1", s.VisionInner, s.Vision, true);
            Layer(name + "mlp.fc2", s.Vision, s.VisionInner, true);
        }

        Layer("multi_modal_projector.linear_1", s.Text, s.Vision, true);
        Layer("multi_modal_projector.linear_2", s.Text, s.Text, true);
        Add("language_model.model.embed_tokens.weight", 0, 0.4, s.Vocabulary, s.Text);
        for (var layer = 0; layer < s.TextLayers; layer++)
        {
            var name = $"language_model.model.layers.{layer}.";
            Layer(name + "self_attn.q_proj", s.TextHeads * s.HeadSize, s.Text, s.AttentionBias);
            Layer(name + "self_attn.k_proj", s.KeyValueHeads * s.HeadSize, s.Text, s.AttentionBias);
            Layer(name + "self_attn.v_proj", s.KeyValueHeads * s.HeadSize, s.Text, s.AttentionBias);
            Layer(name + "self_attn.o_proj", s.Text, s.TextHeads * s.HeadSize, s.AttentionBias);
            Layer(name + "mlp.gate_proj", s.TextInner, s.Text, s.MlpBias);
            Layer(name + "mlp.up_proj", s.TextInner, s.Text, s.MlpBias);
            Layer(name + "mlp.down_proj", s.Text, s.TextInner, s.MlpBias);
            Vector(name + "input_layernorm.weight", 1, s.Text);
            Vector(name + "post_attention_layernorm.weight", 1, s.Text);
        }

        Vector("language_model.model.norm.weight", 1, s.Text);
        if (!s.Tied)
        {
            Layer("language_model.lm_head", s.Vocabulary, s.Text, false);
        }
        else if (random.Next(2) == 0)
        {
            // Some programs store a tied head a second time.
            var table = tensors.First(tensor => tensor.Name == "language_model.model.embed_tokens.weight").Tensor;
            tensors.Add(("language_model.lm_head.weight", StorageConversion.Convert(table, table.Format)));
        }
    }

    private void Norm(string name, int size)
    {
        Vector(name + ".weight", 1, size);
        Vector(name + ".bias", 0, size);
    }

    private void Layer(string name, int outputs, int inputs, bool bias)
    {
        Add(name + ".weight", 0, 1 / Math.Sqrt(inputs), outputs, inputs);
        if (bias)
        {
            Vector(name + ".bias", 0, outputs);
        }
    }

    private void Vector(string name, double mean, int size) => Add(name, mean, 0.2, size);

    /// <summary>Draws values that the file's format holds exactly, so that rounding is no part of the comparison.</summary>
    private void Add(string name, double mean, double deviation, params int[] shape)
    {
        var format = Pick(Formats);
        var values = new float[shape.Aggregate(1, (count, extent) => count * extent)];
        for (var i = 0; i < values.Length; i++)
        {
            var value = (float)(mean + (deviation * Normal()));
            values[i] = format switch
            {
                StorageFormat.F16 => (float)(Half)value,
                StorageFormat.BF16 => BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(value) & 0xFFFF0000),
                _ => value,
            };
        }

        using var wide = Tensor.From(values, new Shape(shape));
        tensors.Add((name, StorageConversion.Convert(wide, format)));
        weights.Add(name, [.. values.Select(value => (double)value)]);
    }

    private StorageFormat[] Formats => (Sizes.Vocabulary % 4) switch
    {
        0 => [StorageFormat.F16],
        1 => [StorageFormat.BF16],
        2 => [StorageFormat.F32],
        _ => [StorageFormat.F32, StorageFormat.F16, StorageFormat.BF16],
    };

    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private void WriteFiles()
    {
        foreach (var name in new[] { "tokenizer.json", "tokenizer.model", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json" })
        {
            File.Copy(Fixture.At("tarsier-7b", "checkpoint", name), directory.File(name));
        }

        directory.Write("config.json", config.ToJsonString());
        directory.Write("preprocessor_config.json", $$"""{"size": {"shortest_edge": {{Sizes.Image}}}, "crop_size": {{Sizes.Image}}}""");
        var shards = random.Next(1, 4);
        if (shards == 1)
        {
            SafetensorsWriter.Write(directory.File("model.safetensors"), tensors);
            return;
        }

        var map = new JsonObject();
        foreach (var shard in tensors.Select((tensor, i) => (tensor, i)).GroupBy(pair => pair.i % shards, pair => pair.tensor))
        {
            var file = $"model-{shard.Key + 1:00000}-of-{shards:00000}.safetensors";
            SafetensorsWriter.Write(directory.File(file), shard);
            foreach (var (name, _) in shard)
            {
                map[name] = file;
            }
        }

        directory.Write("model.safetensors.index.json", new JsonObject { ["weight_map"] = map }.ToJsonString());
    }
}
