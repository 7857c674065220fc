using Kinora.Models.Checkpoints;
using Kinora.Models.Families;
using Kinora.Models.Weights;
using Kinora.Tensors;

namespace Kinora.Models.Adapters;

/// <summary>
/// A LoRA adapter in PEFT's layout, <c>adapter_config.json</c> and <c>adapter_model.safetensors</c>, or in that of PLLaVA's trainer, <c>model.safetensors</c> alone,
/// which says nothing of its alpha. Either may also hold whole linear layers that were trained along, such as the projector.
/// </summary>
public sealed class LoraAdapter : IDisposable
{
    private const string DownMark = ".lora_A";
    private const string UpMark = ".lora_B";

    private const string SettingsFile = "adapter_config.json";
    private const string PeftFile = "adapter_model.safetensors";
    private const string PllavaFile = "model.safetensors";

    private readonly AdapterConfig? config;
    private readonly string path;
    private readonly List<Tensor> owned = [];
    private readonly List<(LinearLayer Layer, LowRankUpdate Update)> attached = [];
    private readonly List<(LinearLayer Layer, Tensor Weight, Tensor? Bias)> replaced = [];

    private LoraAdapter(string path, AdapterConfig? config, SafetensorsFile file)
    {
        (this.path, this.config) = (path, config);
        foreach (var (name, entry) in file.Entries)
        {
            if (entry.Shape.Length > Shape.MaxRank)
            {
                throw new AdapterException(path, $"has a tensor {Quotation.Of(name)} of {entry.Shape.Length} axes; expected the two of a matrix");
            }

            var values = file.ReadFloats(name);
            if (values.AsSpan().ContainsAnyExceptInRange(float.MinValue, float.MaxValue))
            {
                throw new AdapterException(path, $"has values in {Quotation.Of(name)} that are no finite numbers; it is damaged, or was trained at too high a rate; fetch or train it again");
            }

            var tensor = Tensor.From(values, new Shape(entry.Shape));
            owned.Add(tensor);
            Tensors.Add(name, tensor);
        }
    }

    /// <summary>What the file holds, by its own names, as 32-bit floats.</summary>
    public Dictionary<string, Tensor> Tensors { get; } = [];

    /// <summary>Whether its strength is stored with it. If not, the alpha that is given to <see cref="Attach"/> decides.</summary>
    public bool StoresAlpha => config is not null;

    /// <summary>Whether a directory has the layout of PLLaVA's trainer.</summary>
    public static bool IsBare(string directory) => !File.Exists(Path.Combine(directory, SettingsFile)) && File.Exists(Path.Combine(directory, PllavaFile));

    /// <summary>Reads an adapter directory.</summary>
    /// <exception cref="AdapterException">Missing or damaged files, a kind of adapter that isn't LoRA, or a whole model.</exception>
    public static LoraAdapter Load(string directory)
    {
        if (!Directory.Exists(directory))
        {
            throw new AdapterException(directory, $"does not exist; expected an adapter's directory with {SettingsFile} and {PeftFile}, or with PLLaVA's {PllavaFile}");
        }

        var bare = IsBare(directory);
        var config = bare ? null : AdapterConfig.Load(Path.Combine(directory, SettingsFile));
        var path = Path.Combine(directory, bare ? PllavaFile : PeftFile);
        try
        {
            using var file = SafetensorsFile.Open(path);
            return bare && file.Entries.Keys.FirstOrDefault(name => name.Contains(".base_layer.", StringComparison.Ordinal) || name.EndsWith(".embed_tokens.weight", StringComparison.Ordinal)) is { } whole
                ? throw new AdapterException(path, $"holds {Quotation.Of(whole)}, so it is a whole model and no adapter; give its directory with --model")
                : new(path, config, file);
        }
        catch (CheckpointException error)
        {
            throw new AdapterException(path, "can't be read: " + error.Message, error);
        }
    }

    /// <summary>Attaches the adapter to a model's layers. The adapter must outlive the model's use.</summary>
    /// <param name="model">The model; its own weights stay as they are.</param>
    /// <param name="strength">Multiplies alpha / rank; layers trained along are mixed with the model's own in this proportion. 0 is off.</param>
    /// <param name="alpha">The alpha of an adapter that stores none: it scales the low-rank updates alone, layers trained along are whole whatever it is.</param>
    /// <exception cref="AdapterException">Something in the adapter fits nothing in the model; all such keys are listed.</exception>
    public void Attach(VisionLanguageModel model, double strength = 1, double alpha = StoredAdapters.DefaultAlpha)
    {
        var layers = model.Weights.Layers;
        var (downs, ups) = (new Dictionary<string, Tensor>(), new Dictionary<string, Tensor>());
        var (whole, strangers) = (new Dictionary<string, (Tensor? Weight, Tensor? Bias)>(), new List<string>());
        foreach (var (stored, tensor) in Tensors)
        {
            if (!Sort(stored, tensor))
            {
                strangers.Add($"{stored} {tensor.Shape}");
            }
        }

        strangers.AddRange(downs.Keys.Except(ups.Keys).Select(name => $"{name}{DownMark} without {UpMark}"));
        strangers.AddRange(ups.Keys.Except(downs.Keys).Select(name => $"{name}{UpMark} without {DownMark}"));
        strangers.AddRange(downs.Keys.Intersect(ups.Keys).Where(name => downs[name].Shape.Rows != ups[name].Shape.Last).Select(name => $"{name} with ranks {downs[name].Shape.Rows} and {ups[name].Shape.Last}"));
        if (strangers.Count > 0 || Tensors.Count == 0)
        {
            throw new AdapterException(path, Tensors.Count == 0
                ? "holds no tensors; expected lora_A and lora_B matrices"
                : $"doesn't fit this model: {strangers.Count} of its {Tensors.Count} keys have no place of their shape in it: {string.Join(", ", strangers.Order(StringComparer.Ordinal).Take(20))}{(strangers.Count > 20 ? ", ..." : "")}; take the adapter of this model");
        }

        foreach (var (name, down) in downs)
        {
            var update = new LowRankUpdate(down, ups[name]) { Scale = (float)(strength * (config?.ScaleOf(name, down.Shape.Rows) ?? alpha / down.Shape.Rows)) };
            layers[name].Attach(update);
            attached.Add((layers[name], update));
        }

        // Mixed at strength 0 a weight would still be widened, and give other last bits than its stored format.
        foreach (var (name, (weight, bias)) in strength == 0 ? [] : whole)
        {
            var layer = layers[name];
            replaced.Add((layer, layer.Weight, layer.Bias));
            layer.Replace(Mix(layer.Weight, weight, strength), bias is null ? layer.Bias : Mix(layer.Bias!, bias, strength));
        }

        bool Sort(string stored, Tensor tensor)
        {
            foreach (var name in AdapterNames.FromStored(stored))
            {
                if (Ending(name, DownMark) is { } down && layers.TryGetValue(down, out var layer) && tensor.Shape.Rank == 2 && tensor.Shape.Last == layer.Weight.Shape.Last)
                {
                    return downs.TryAdd(down, tensor);
                }

                if (Ending(name, UpMark) is { } up && layers.TryGetValue(up, out layer) && tensor.Shape.Rank == 2 && tensor.Shape.Rows == layer.Weight.Shape.Rows)
                {
                    return ups.TryAdd(up, tensor);
                }

                if (Whole(name, ".weight") is { } matrix && matrix.Weight.Shape == tensor.Shape)
                {
                    whole[matrix.Name] = whole.GetValueOrDefault(matrix.Name) with { Weight = tensor };
                    return true;
                }

                if (Whole(name, ".bias") is { Bias: { } there } vector && there.Shape.Count == tensor.Shape.Count)
                {
                    whole[vector.Name] = whole.GetValueOrDefault(vector.Name) with { Bias = tensor };
                    return true;
                }
            }

            return false;
        }

        LinearLayer? Whole(string name, string ending) => name.EndsWith(ending, StringComparison.Ordinal) ? layers.GetValueOrDefault(name[..^ending.Length]) : null;
    }

    /// <summary>Makes a model what it was before; adapters that were attached later must have been detached already.</summary>
    public void Detach()
    {
        attached.ForEach(pair => pair.Layer.Detach(pair.Update));
        replaced.Reverse();
        replaced.ForEach(own => own.Layer.Replace(own.Weight, own.Bias));
        attached.Clear();
        replaced.Clear();
    }

    /// <inheritdoc/>
    public void Dispose() => owned.ForEach(tensor => tensor.Dispose());

    /// <summary>The layer's name, of <c>layer.lora_A.weight</c>.</summary>
    private static string? Ending(string name, string mark)
        => name.EndsWith(mark + ".weight", StringComparison.Ordinal) ? name[..^(mark.Length + ".weight".Length)] : name.EndsWith(mark, StringComparison.Ordinal) ? name[..^mark.Length] : null;

    private Tensor Mix(Tensor own, Tensor? learnt, double strength)
    {
        var mixed = Tensor.Allocate(own.Shape, zeroed: false);
        owned.Add(mixed);
        StorageConversion.Widen(own, mixed);
        if (learnt is not null)
        {
            var to = mixed.AsSpan();
            var from = learnt.AsSpan();
            for (var i = 0; i < to.Length; i++)
            {
                to[i] = strength == 1 ? from[i] : (float)(((1 - strength) * to[i]) + (strength * from[i]));
            }
        }

        return mixed;
    }
}
