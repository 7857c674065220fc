using System.Text.Json.Nodes;
using Kinora.Models.Checkpoints;
using Kinora.Tensors;

namespace Kinora.Models.Tests.Families;

/// <summary>A checkpoint of Qwen2-VL's network of random shapes and weights in a directory of its own, under the names of Qwen2-VL or of Tarsier2.</summary>
internal sealed class RandomQwen : IDisposable
{
    private readonly TemporaryDirectory directory = new();
    private readonly Random random;
    private readonly Dictionary<string, double[]> weights = [];
    private readonly List<(string Name, Tensor Tensor)> tensors = [];
    private readonly JsonObject vision = [];
    private readonly JsonObject text = [];
    private readonly StorageFormat[] formats;

    public RandomQwen(int seed)
    {
        random = new Random(seed);
        formats = Pick<StorageFormat[]>([StorageFormat.F32], [StorageFormat.F16], [StorageFormat.BF16], [StorageFormat.F32, StorageFormat.F16, StorageFormat.BF16]);
        Sizes = ReadText(ReadVision(new PlainQwenSizes { IsTarsier = random.Next(2) == 0 }));
        MakeWeights();
        WriteFiles();
    }

    public string Path => directory.Path;

    public PlainQwenSizes Sizes { get; }

    public PlainQwen Reference => new(Sizes, weights);

    /// <summary>Pictures and videos of random grids.</summary>
    public PlainItem[] Items(int count, int largestSide) => [.. Enumerable.Range(0, count).Select(_ =>
    {
        var (time, rows, columns) = (random.Next(1, 4), Sizes.Merge * random.Next(1, largestSide + 1), Sizes.Merge * random.Next(1, largestSide + 1));
        return new PlainItem(time, rows, columns, [.. Enumerable.Range(0, time * rows * columns).Select(_ => Enumerable.Range(0, Sizes.PatchLength).Select(_ => (double)(float)Normal()).ToArray())]);
    })];

    /// <summary>A prompt with placeholders anywhere, also side by side and at both ends.</summary>
    public int[] Prompt(int items, int texts)
    {
        var ids = Enumerable.Range(0, texts).Select(_ => OrdinaryId()).ToList();
        for (var i = 0; i < items; i++)
        {
            ids.Insert(random.Next(ids.Count + 1), Sizes.IsTarsier || random.Next(2) == 0 ? Sizes.ImageId : Sizes.VideoId);
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
        return id == Sizes.ImageId || id == Sizes.VideoId ? OrdinaryId() : id;
    }

    private PlainQwenSizes ReadVision(PlainQwenSizes sizes)
    {
        var heads = Value(vision, "num_heads", 16, random.Next(1, 6), 0.1);
        var embed = heads * 4 * random.Next(1, heads == 16 ? 3 : 8);
        vision["embed_dim"] = embed;
        var ratio = Value(vision, "mlp_ratio", 4.0, Pick(1.0, 2.5, 3.0, 0.7), 0.3);
        vision[Pick("in_channels", "in_chans")] = 3;
        vision["spatial_patch_size"] = 99; // read by nobody
        return sizes with
        {
            Embed = embed,
            Inner = (int)(embed * ratio),
            VisionHeads = heads,
            VisionLayers = Value(vision, "depth", 32, random.Next(1, 4), embed < 40 ? 0.1 : 0),
            Patch = Value(vision, "patch_size", 14, random.Next(1, 6), 0.15),
            Temporal = Value(vision, "temporal_patch_size", 2, random.Next(1, 4), 0.4),
            Merge = Value(vision, "spatial_merge_size", 2, random.Next(1, 4), 0.3),
            VisionActivation = Value(vision, "hidden_act", "quick_gelu", Pick("quick_gelu", "gelu", "gelu_pytorch_tanh", "silu"), 0.4),
        };
    }

    private PlainQwenSizes ReadText(PlainQwenSizes sizes)
    {
        var heads = Value(text, "num_attention_heads", 64, random.Next(1, 8), 0.05);
        var pairs = random.Next(1, heads == 64 ? 3 : 10);
        var hidden = heads * pairs * 2;
        (text["hidden_size"], vision["hidden_size"]) = (hidden, hidden);
        var (first, second) = (random.Next(pairs + 1), random.Next(pairs + 1));
        int[] sections = [Math.Min(first, second), Math.Abs(first - second), pairs - Math.Max(first, second)];
        text["rope_scaling"] = new JsonObject { [Pick("type", "rope_type")] = Pick("mrope", "default"), ["mrope_section"] = new JsonArray([.. sections.Select(count => (JsonNode)count)]) };
        var divisors = Enumerable.Range(1, heads).Where(count => heads % count == 0).ToArray();
        var everyHead = heads % 8 != 0 && random.Next(4) == 0;
        if (everyHead)
        {
            text["num_key_value_heads"] = null;
        }

        var layers = Value(text, "num_hidden_layers", 80, random.Next(1, 4), hidden < 12 ? 0.1 : 0);
        var vocabulary = random.Next(420, 500);
        text["vocab_size"] = vocabulary;
        return sizes with
        {
            Text = hidden,
            TextHeads = heads,
            KeyValueHeads = everyHead ? heads : heads % 8 == 0 ? Value(text, "num_key_value_heads", 8, Pick(divisors), 0.3) : Value(text, "num_key_value_heads", 0, Pick(divisors), 0),
            TextLayers = layers,
            TextInner = Value(text, "intermediate_size", 29568, random.Next(1, 130), 0),
            Vocabulary = vocabulary,
            RmsNormEpsilon = Value(text, "rms_norm_eps", 1e-5, Pick(1e-6, 1e-3, 0.02), 0.4),
            RopeTheta = Value(text, "rope_theta", 1e6, Pick(100.0, 10000.0), 0.3),
            Sections = sections,
            Tied = Value(text, "tie_word_embeddings", false, true, 0.6),
            ImageId = 412,
            VideoId = 413,
        };
    }

    /// <summary>Writes a setting, or leaves it out so that the default takes effect.</summary>
    private T Value<T>(JsonObject where, string key, T fallback, T value, double omitted)
    {
        if (random.NextDouble() >= omitted)
        {
            where[key] = JsonValue.Create(value);
            return value;
        }

        return fallback;
    }

    private T Pick<T>(params T[] values) => values[random.Next(values.Length)];

    private void MakeWeights()
    {
        var s = Sizes;
        Add($"{s.TowerKeys}patch_embed.proj.weight", 0, 1 / Math.Sqrt(s.PatchLength), s.Embed, 3, s.Temporal, s.Patch, s.Patch);
        for (var layer = 0; layer < s.VisionLayers; layer++)
        {
            var name = $"{s.TowerKeys}blocks.{layer}.";
            Norm(name + "norm1", s.Embed);
            Norm(name + "norm2", s.Embed);
            Layer(name + "attn.qkv", 3 * s.Embed, s.Embed, true);
            Layer(name + "attn.proj", s.Embed, s.Embed, true);
            Layer(name + "mlp.fc1", s.Inner, s.Embed, true);
            Layer(name + "mlp.fc2", s.Embed, s.Inner, true);
        }

        var square = s.Merge * s.Merge * s.Embed;
        Norm($"{s.TowerKeys}merger.ln_q", s.Embed);
        Layer($"{s.TowerKeys}merger.mlp.0", square, square, true);
        Layer($"{s.TowerKeys}merger.mlp.2", s.Text, square, true);
        Add($"{s.TextKeys}model.embed_tokens.weight", 0, 0.4, s.Vocabulary, s.Text);
        var headSize = s.Text / s.TextHeads;
        for (var layer = 0; layer < s.TextLayers; layer++)
        {
            var name = $"{s.TextKeys}model.layers.{layer}.";
            Layer(name + "self_attn.q_proj", s.Text, s.Text, true);
            Layer(name + "self_attn.k_proj", s.KeyValueHeads * headSize, s.Text, true);
            Layer(name + "self_attn.v_proj", s.KeyValueHeads * headSize, s.Text, true);
            Layer(name + "self_attn.o_proj", s.Text, s.Text, false);
            Layer(name + "mlp.gate_proj", s.TextInner, s.Text, false);
            Layer(name + "mlp.up_proj", s.TextInner, s.Text, false);
            Layer(name + "mlp.down_proj", s.Text, s.TextInner, false);
            Vector(name + "input_layernorm.weight", 1, s.Text);
            Vector(name + "post_attention_layernorm.weight", 1, s.Text);
        }

        Vector($"{s.TextKeys}model.norm.weight", 1, s.Text);
        if (!s.Tied)
        {
            Layer($"{s.TextKeys}lm_head", s.Vocabulary, s.Text, false);
        }
        else if (random.Next(2) == 0)
        {
            // Some programs store a tied head a second time.
            var table = tensors.First(tensor => tensor.Name == $"{s.TextKeys}model.embed_tokens.weight").Tensor;
            tensors.Add(($"{s.TextKeys}lm_head.weight", StorageConversion.Convert(table, table.Format)));
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
        var format = Pick(formats);
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

    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private void WriteFiles()
    {
        foreach (var name in new[] { "tokenizer.json", "tokenizer_config.json" })
        {
            File.Copy(Fixture.At("tarsier2", "checkpoint", name), directory.File(name));
        }

        directory.Write("config.json", (Sizes.IsTarsier ? TarsierConfig() : QwenConfig()).ToJsonString());
        directory.Write("preprocessor_config.json", new JsonObject
        {
            ["patch_size"] = Sizes.Patch,
            ["temporal_patch_size"] = Sizes.Temporal,
            ["merge_size"] = Sizes.Merge,
            ["min_pixels"] = 1,
            ["max_pixels"] = 4000,
        }.ToJsonString());
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

    /// <summary>The decoder's settings at the top or in a section, as older and newer files have them.</summary>
    private JsonObject QwenConfig()
    {
        var config = random.Next(2) == 0 ? (JsonObject)text.DeepClone() : new JsonObject { ["text_config"] = text.DeepClone() };
        (config["model_type"], config["vision_config"], config["image_token_id"], config["video_token_id"], config["eos_token_id"]) = ("qwen2_vl", vision.DeepClone(), Sizes.ImageId, Sizes.VideoId, 402);
        return config;
    }

    /// <summary>The sections as they are, or each inside a whole configuration of Qwen2-VL's.</summary>
    private JsonObject TarsierConfig()
    {
        text["model_type"] = "qwen2_vl";
        var nested = random.Next(2) == 0;
        var config = new JsonObject { ["model_type"] = "llava", ["eos_token_id"] = new JsonArray(402, 400) };
        config["text_config"] = nested ? new JsonObject { ["model_type"] = "qwen2_vl", ["text_config"] = text.DeepClone() } : text.DeepClone();
        var ids = config["text_config"]!;
        if (nested && random.Next(2) == 0 && text["tie_word_embeddings"] is { } tied)
        {
            // Newer files say it outside of the text's own section.
            ids["tie_word_embeddings"] = tied.DeepClone();
            ids["text_config"]!.AsObject().Remove("tie_word_embeddings");
        }

        ids["image_token_id"] = Sizes.ImageId;
        config["vision_config"] = nested ? new JsonObject { ["model_type"] = "qwen2_vl", ["vision_config"] = vision.DeepClone() } : vision.DeepClone();
        if (random.Next(2) == 0)
        {
            config["image_token_index"] = Sizes.ImageId;
        }

        return config;
    }
}
