using System.Globalization;

namespace Kinora.Toybox.World;

/// <summary>Seeds of clips, both ends included. As text: <c>900000..900999</c>.</summary>
/// <param name="First">The first, at least 0.</param>
/// <param name="Last">The last, not before the first.</param>
public readonly record struct SeedRange(long First, long Last)
{
    /// <summary>How many seeds.</summary>
    public long Count => Last - First + 1;

    /// <summary>Whether a seed is one of them.</summary>
    public bool Contains(long seed) => seed >= First && seed <= Last;

    /// <summary>Whether some seed is in both.</summary>
    public bool Overlaps(SeedRange other) => First <= other.Last && Last >= other.First;

    /// <summary>Reads a range.</summary>
    /// <exception cref="FormatException">The text is none; one line says what would be.</exception>
    public static SeedRange Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = text.Split("..");
        return parts.Length != 2 || !IsSeed(parts[0], out var first) || !IsSeed(parts[1], out var last) ? throw new FormatException($"'{text}' is no range of seeds; write FIRST..LAST, as in {HeldOutSeeds.First}..{HeldOutSeeds.First + 999}.")
            : last < first ? throw new FormatException($"'{text}' ends before it begins; write FIRST..LAST, as in {HeldOutSeeds.First}..{HeldOutSeeds.First + 999}.")
            : new(first, last);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{First}..{Last}");

    private static bool IsSeed(string part, out long seed) => long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out seed);
}
