using Kinora.Models.Weights;
using Kinora.Training.Recipes;

namespace Kinora.Training.Optimization;

/// <summary>Low-rank adapters (Hu et al. 2021) that learn beside frozen layers.</summary>
public sealed record LoraSettings
{
    /// <summary>Rank of the updates.</summary>
    public required int Rank { get; init; }

    /// <summary>Strength: updates are scaled by alpha / rank.</summary>
    public required double Alpha { get; init; }

    /// <summary>Names of layers, whole or from a dot on (<c>q_proj</c>), the latter in the decoder only; with a <c>*</c> a pattern of the whole name.</summary>
    public required IReadOnlyList<string> Targets { get; init; }

    /// <summary>Share of the inputs that are left out while training.</summary>
    public double Dropout { get; init; }

    /// <summary>The rate at the schedule's height.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Decay of both matrices.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Seed of the first values.</summary>
    public ulong Seed { get; init; }

    /// <summary>The layers that are meant.</summary>
    /// <exception cref="ArgumentException">A target that names no layer; the message lists what there is.</exception>
    public IReadOnlyList<LoraLayer> Find(IEnumerable<LinearLayer> layers)
    {
        var all = layers.ToList();
        foreach (var target in Targets)
        {
            if (!all.Exists(layer => Matches(layer.Name, target)))
            {
                var names = all.Where(layer => IsOfDecoder(layer.Name)).Select(layer => layer.Name[(layer.Name.LastIndexOf('.') + 1)..]).Distinct();
                throw new ArgumentException($"The LoRA target '{target}' names no linear layer of this model; there are {string.Join(", ", names)}.");
            }
        }

        return [.. all.Where(layer => Targets.Any(target => Matches(layer.Name, target))).Select(layer => new LoraLayer(this, layer.Name, layer.Weight.Shape))];
    }

    private static bool Matches(string layer, string target)
        => target.Contains('*', StringComparison.Ordinal) ? NamePattern.Matches(target, layer) : layer == target || (IsOfDecoder(layer) && layer.EndsWith("." + target, StringComparison.Ordinal));

    private static bool IsOfDecoder(string layer) => layer.StartsWith("language_model.", StringComparison.Ordinal) || layer.StartsWith("model.layers.", StringComparison.Ordinal);
}
