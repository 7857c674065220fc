using Kinora.Models.Weights;
using Kinora.Tensors;
using Kinora.Training.Data;

namespace Kinora.Training.Optimization;

/// <summary>The adapter of one layer before and while it learns.</summary>
public sealed class LoraLayer
{
    private readonly LoraSettings settings;
    private readonly Shape weight;

    internal LoraLayer(LoraSettings settings, string name, Shape weight) => (this.settings, Name, this.weight) = (settings, name, weight);

    /// <summary>The layer's name in the checkpoint.</summary>
    public string Name { get; }

    /// <summary>The name of A among the parameters.</summary>
    public string Down => $"{Name}.lora_A.weight";

    /// <summary>The name of B among the parameters.</summary>
    public string Up => $"{Name}.lora_B.weight";

    internal IEnumerable<ParameterSettings> Parameters =>
    [
        new(Down, new Shape(settings.Rank, weight.Last), settings.LearningRate, settings.WeightDecay),
        new(Up, new Shape(weight.Rows, settings.Rank), settings.LearningRate, settings.WeightDecay),
    ];

    /// <summary>Sets the first values, A uniform within 1 / sqrt(inputs) as PEFT has it and B zero, and attaches the adapter.</summary>
    internal void Attach(LinearLayer layer, ParameterStore store)
    {
        var (down, up) = (store[Down].Weights, store[Up].Weights);
        var random = new CounterRandom(CounterRandom.Mix(settings.Seed, KeyOf(Name)));
        var bound = 1 / Math.Sqrt(weight.Last);
        var values = down.AsSpan();
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (float)(bound * ((2 * random.Uniform()) - 1));
        }

        layer.Attach(new(down, up) { Scale = (float)(settings.Alpha / settings.Rank), Dropout = (float)settings.Dropout });
    }

    /// <summary>FNV-1a, so that the values don't depend on which other layers learn.</summary>
    private static ulong KeyOf(string name)
    {
        var hash = 14695981039346656037UL;
        foreach (var letter in name)
        {
            hash = (hash ^ letter) * 1099511628211UL;
        }

        return hash;
    }
}
