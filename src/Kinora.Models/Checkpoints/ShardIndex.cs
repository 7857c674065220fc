using System.Text.Json;

namespace Kinora.Models.Checkpoints;

/// <summary>Finds the weight files of a checkpoint directory and opens them.</summary>
internal static class ShardIndex
{
    private const string Single = "model.safetensors";
    private const string Index = "model.safetensors.index.json";
    private const string Extension = ".safetensors";
    private const int MostIndexBytes = 64 << 20;

    private const string TorchIndex = "pytorch_model.bin.index.json";
    private const string TorchExtension = ".bin";

    private static readonly string[] torchFiles = [TorchExtension, ".pth", ".pt"];
    private static readonly string[] pickles = [".ckpt", ".pkl", ".pickle"];

    /// <summary>Opens the single file, or all shards of the index.</summary>
    /// <exception cref="CheckpointException">No usable weights, or an index that doesn't agree with its shards.</exception>
    public static List<SafetensorsFile> OpenAll(string directory)
    {
        if (!Directory.Exists(directory))
        {
            throw new CheckpointException(directory, "is no directory; expected one with config.json and safetensors files");
        }

        // As the original library: the single file wins over an index beside it.
        var single = Path.Combine(directory, Single);
        var index = Path.Combine(directory, Index);
        var torch = Path.Combine(directory, TorchIndex);
        return File.Exists(single) ? [SafetensorsFile.Open(single)]
            : File.Exists(index) ? OpenShards(directory, index, Extension)
            : Directory.EnumerateFiles(directory).Any(file => file.EndsWith(Extension, StringComparison.Ordinal)) || !File.Exists(torch) ? [Open(OnlyFile(directory))]
            : OpenShards(directory, torch, TorchExtension);
    }

    private static string OnlyFile(string directory)
    {
        var files = Directory.GetFiles(directory);
        var weights = files.Where(file => file.EndsWith(Extension, StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList();
        if (weights.Count == 1)
        {
            return weights[0];
        }

        if (weights.Count > 1)
        {
            throw new CheckpointException(directory, $"holds {weights.Count} safetensors files but no {Index} that says how they belong together; fetch the index");
        }

        var torch = files.Where(file => torchFiles.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase)).Order(StringComparer.Ordinal).ToList();
        if (torch.Count == 1)
        {
            return torch[0];
        }

        if (torch.Count > 1)
        {
            throw new CheckpointException(directory, $"holds {torch.Count} files of PyTorch's but no {TorchIndex} that says how they belong together; fetch the index");
        }

        var pickle = files.Order(StringComparer.Ordinal).FirstOrDefault(file => pickles.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase));
        throw pickle is null
            ? new CheckpointException(directory, $"holds no weights; expected {Single} or {Index} with its shards")
            : new CheckpointException(pickle, "is a pickle, which could run any code when loaded and is never opened; convert it to safetensors on a machine you can spare, with the program that made it, or take a revision of the model that has safetensors");
    }

    private static SafetensorsFile Open(string path) => path.EndsWith(Extension, StringComparison.Ordinal) ? SafetensorsFile.Open(path) : SafetensorsFile.OpenTorch(path);

    private static List<SafetensorsFile> OpenShards(string directory, string index, string extension)
    {
        var map = WeightMap(index, extension);
        var shards = new List<SafetensorsFile>();
        try
        {
            foreach (var name in map.Values.Distinct().Order(StringComparer.Ordinal))
            {
                var path = Path.Combine(directory, name);
                if (!File.Exists(path))
                {
                    throw new CheckpointException(path, $"this shard is missing although {Path.GetFileName(index)} names it; fetch it");
                }

                shards.Add(Open(path));
            }

            CheckAgreement(index, map, shards);
            return shards;
        }
        catch
        {
            shards.ForEach(shard => shard.Dispose());
            throw;
        }
    }

    private static Dictionary<string, string> WeightMap(string index, string extension)
    {
        if (!JsonFile.ReadObject(index, MostIndexBytes, static (file, message, inner) => new CheckpointException(file, message, inner)).TryGetProperty("weight_map", out var entries) || entries.ValueKind != JsonValueKind.Object)
        {
            throw new CheckpointException(index, "has no weight_map; expected an object that names the shard of each tensor");
        }

        var map = new Dictionary<string, string>();
        foreach (var entry in entries.EnumerateObject())
        {
            string? shard = null;
            string name;
            try
            {
                name = entry.Name;
                shard = entry.Value.ValueKind == JsonValueKind.String ? entry.Value.GetString() : null;
            }
            catch (InvalidOperationException error)
            {
                throw new CheckpointException(index, "weight_map holds a text with broken characters", error);
            }

            // A path would let a downloaded index open files elsewhere. Links stay allowed: download caches are made of them.
            if (shard is null || !shard.EndsWith(extension, StringComparison.Ordinal) || shard.AsSpan().ContainsAny("/\\:") || shard.Any(char.IsControl))
            {
                throw new CheckpointException(index, $"weight_map gives {Quotation.Of(shard ?? entry.Value.GetRawText())} for {Quotation.Of(name)}; expected the plain name of a {extension} file in the same directory");
            }

            map.Add(name, shard);
        }

        return map;
    }

    private static void CheckAgreement(string index, Dictionary<string, string> map, List<SafetensorsFile> shards)
    {
        foreach (var shard in shards)
        {
            var file = Path.GetFileName(shard.Path);
            if (shard.Entries.Keys.FirstOrDefault(name => map.GetValueOrDefault(name) != file) is { } stray)
            {
                throw new CheckpointException(index, $"shard {file} holds {Quotation.Of(stray)}, for which weight_map gives {Quotation.Of(map.GetValueOrDefault(stray))}; fetch index and shards of one revision");
            }
        }

        var present = shards.SelectMany(shard => shard.Entries.Keys).ToHashSet();
        if (map.FirstOrDefault(entry => !present.Contains(entry.Key)) is { Key: { } missing, Value: var where })
        {
            throw new CheckpointException(index, $"weight_map places {Quotation.Of(missing)} in {where}, which doesn't hold it; fetch index and shards of one revision");
        }
    }
}
