using Kinora.Toybox.Instructions;

namespace Kinora.Training.Worlds;

/// <summary>The losses of a step by what they are of.</summary>
internal sealed class WorldTally
{
    private readonly SortedDictionary<string, Mean> texts = new(StringComparer.Ordinal);

    public Mean Kind { get; } = new();

    public Mean Colour { get; } = new();

    public Mean Place { get; } = new();

    public Mean Scene { get; } = new();

    public Mean View { get; } = new();

    public Mean Motion { get; } = new();

    public void Add(InstructionKind kind, double loss)
    {
        var name = kind.ToString().ToLowerInvariant();
        if (!texts.TryGetValue(name, out var mean))
        {
            texts.Add(name, mean = new());
        }

        mean.Add(loss, 1);
    }

    /// <summary>The means by name.</summary>
    public IReadOnlyDictionary<string, double> Parts()
    {
        var parts = new SortedDictionary<string, double>(StringComparer.Ordinal);
        (string, Mean)[] heads = [("patch_kind", Kind), ("patch_colour", Colour), ("patch_place", Place), ("scene", Scene), ("view", View), ("motion", Motion)];
        foreach (var (name, mean) in heads.Concat(texts.Select(entry => (entry.Key, entry.Value))))
        {
            if (mean.Value is { } value)
            {
                parts.Add(name, value);
            }
        }

        return parts;
    }
}
