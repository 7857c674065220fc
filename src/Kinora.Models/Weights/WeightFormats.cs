namespace Kinora.Models.Weights;

/// <summary>Names of the weight formats.</summary>
public static class WeightFormats
{
    private static readonly (string Name, WeightFormat Format)[] Known =
    [
        ("as-stored", WeightFormat.AsStored),
        ("f32", WeightFormat.F32),
        ("bf16", WeightFormat.BF16),
        ("q8_0", WeightFormat.Q8_0),
        ("q4_0", WeightFormat.Q4_0),
    ];

    /// <summary>All names, in the order in which help lists them.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Known.Select(pair => pair.Name)];

    /// <summary>The format of this name.</summary>
    /// <exception cref="ArgumentException">No such format; the message lists all.</exception>
    public static WeightFormat Parse(string name)
    {
        foreach (var (known, format) in Known)
        {
            if (string.Equals(known, name, StringComparison.OrdinalIgnoreCase))
            {
                return format;
            }
        }

        throw new ArgumentException($"'{name}' is no weight format; choose one of {string.Join(", ", Names)}.", nameof(name));
    }

    /// <summary>The name of the format.</summary>
    public static string Name(this WeightFormat format) => Known.First(pair => pair.Format == format).Name;
}
