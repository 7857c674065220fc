using System.Text.Json.Nodes;
using Kinora.Models.Checkpoints;
using Kinora.Tensors;

namespace Kinora.Models.Tests.Families;

/// <summary>A PLLaVA checkpoint of random shapes, made of a Tarsier one: other settings, and weights with or without low-rank updates beside some of the decoder's layers.</summary>
internal sealed class RandomPllava : IDisposable
{
    private readonly RandomTarsier tarsier;
    private readonly Random random;
    private readonly Dictionary<string, double[]> weights;

    public RandomPllava(int seed)
    {
        (tarsier, random) = (new RandomTarsier(seed), new Random(seed + 1000));
        weights = new(tarsier.Weights);
        Alpha = random.Next(3) == 0 ? 4 : random.Next(0, 40);
        Sizes = tarsier.Sizes with { ImageId = random.Next(3) == 0 ? tarsier.Sizes.Vocabulary + random.Next(40) : tarsier.Sizes.ImageId };
        Pooling = Settings();
        if (random.Next(3) > 0)
        {
            Wrap(random.Next(1, 10), random.Next(2) == 0 ? ".default.weight" : ".weight");
        }
    }

    public string Path => tarsier.Path;

    public PlainSizes Sizes { get; }

    public PlainPooling Pooling { get; }

    /// <summary>The alpha that the reference has; that of a model which was just loaded is 4.</summary>
    public double Alpha { get; }

    /// <summary>Layers beside which updates are stored.</summary>
    public int Updates { get; private set; }

    public PlainPllava Reference(IReadOnlyList<int> videos, PlainPooling? pooling = null) => new(Sizes, weights, pooling ?? Pooling, videos);

    public float[][] Pictures(int count) => tarsier.Pictures(count);

    /// <summary>A prompt with placeholders anywhere.</summary>
    public int[] Prompt(int videos, int texts) => [.. tarsier.Prompt(videos, texts).Select(id => id == tarsier.Sizes.ImageId ? Sizes.ImageId : id)];

    public int Next(int least, int end) => random.Next(least, end);

    public void Dispose() => tarsier.Dispose();

    private PlainPooling Settings()
    {
        var file = System.IO.Path.Combine(Path, "config.json");
        var config = JsonNode.Parse(File.ReadAllText(file))!.AsObject();
        config.Remove("image_newline_idx");
        config.Remove("image_new_idx");
        config["image_token_index"] = Sizes.ImageId;
        var patches = Sizes.Grid * Sizes.Grid;
        var divisors = Enumerable.Range(1, patches).Where(rows => patches % rows == 0).ToArray();
        var rows = divisors[random.Next(divisors.Length)];
        config["frame_shape"] = new JsonArray(rows, patches / rows);
        (int Time, int Rows, int Columns) target = (random.Next(1, 6), random.Next(1, 7), random.Next(1, 7));
        if (random.Next(8) == 0)
        {
            target = (8, 16, 16);
        }
        else
        {
            config["pooling_shape"] = new JsonArray(target.Time, target.Rows, target.Columns);
        }

        var frames = random.Next(4) == 0 ? 1 : random.Next(1, 7);
        config["num_frames"] = frames == 1 ? null : frames;
        var pools = random.Next(6) > 0;
        if (!pools)
        {
            var none = random.Next(2) == 0;
            (config["pooling_method"], config["use_pooling"]) = (none ? "none" : "avg", none);
        }

        switch (random.Next(3))
        {
            case 0:
                config["model_type"] = "pllava";
                break;
            case 1:
                config["architectures"] = new JsonArray("PllavaForConditionalGeneration");
                break;
            default:
                config["pooling_shape"] = new JsonArray(target.Time, target.Rows, target.Columns);
                break;
        }

        File.WriteAllText(file, config.ToJsonString());
        return new(frames, rows, patches / rows, pools ? target : null);
    }

    /// <summary>Writes the weights anew in the published names, with updates beside some layers.</summary>
    private void Wrap(int rank, string ending)
    {
        using var checkpoint = Checkpoint.Open(Path);
        var tensors = new List<(string Name, Tensor Tensor)>();
        foreach (var entry in checkpoint.All)
        {
            using var tensor = checkpoint.TakeOptional(entry.Name, entry.Shape)!;
            var name = entry.Name.Replace("language_model.", "language_model.base_model.model.", StringComparison.Ordinal);
            if (name.Contains(".layers.", StringComparison.Ordinal) && name.Contains("language_model", StringComparison.Ordinal) && entry.Shape.Length == 2 && random.Next(3) > 0)
            {
                var layer = name[..^".weight".Length];
                var (down, up) = (Values(rank * entry.Shape[1]), Values(entry.Shape[0] * rank));
                tensors.Add(($"{layer}.lora_A{ending}", Stored(down, tensor.Format, rank, entry.Shape[1])));
                tensors.Add(($"{layer}.lora_B{ending}", Stored(up, tensor.Format, entry.Shape[0], rank)));
                name = layer + ".base_layer.weight";
                var inputs = entry.Shape[1];
                weights[entry.Name] = [.. weights[entry.Name].Select((value, i) => value + (Alpha / rank * Enumerable.Range(0, rank).Sum(r => (double)up[(i / inputs * rank) + r] * down[(r * inputs) + (i % inputs)])))];
                Updates++;
            }
            else if (name.Contains(".layers.", StringComparison.Ordinal) && name.EndsWith("_proj.bias", StringComparison.Ordinal) && name.Contains("language_model", StringComparison.Ordinal) && tensors.Exists(other => other.Name == name.Replace(".bias", ".base_layer.weight", StringComparison.Ordinal)))
            {
                name = name.Replace(".bias", ".base_layer.bias", StringComparison.Ordinal);
            }

            tensors.Add((name, StorageConversion.Convert(tensor, tensor.Format)));
        }

        checkpoint.Dispose();
        foreach (var file in Directory.GetFiles(Path, "model*safetensors*"))
        {
            File.Delete(file);
        }

        SafetensorsWriter.Write(System.IO.Path.Combine(Path, "model.safetensors"), tensors);
        tensors.ForEach(tensor => tensor.Tensor.Dispose());
    }

    /// <summary>Numbers that every format holds exactly.</summary>
    private float[] Values(int count) => [.. Enumerable.Range(0, count).Select(_ => random.Next(-32, 33) / 256f)];

    private static Tensor Stored(float[] values, StorageFormat format, int rows, int columns)
    {
        using var wide = Tensor.From(values, new Shape(rows, columns));
        return StorageConversion.Convert(wide, format);
    }
}
