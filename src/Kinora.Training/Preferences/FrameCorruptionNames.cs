using Kinora.Models;

namespace Kinora.Training.Preferences;

/// <summary>The kinds of corruption by name.</summary>
public static class FrameCorruptionNames
{
    private static readonly string[] names = ["swap", "reversal", "crop", "drop"];

    /// <summary>The names, in the order of <see cref="FrameCorruptionKind"/>.</summary>
    public static IReadOnlyList<string> All => names;

    /// <summary>The name of a kind.</summary>
    public static string Name(this FrameCorruptionKind kind) => names[(int)kind];

    /// <summary>The kind of a name.</summary>
    /// <exception cref="FormatException">There is no such kind; the message lists them.</exception>
    public static FrameCorruptionKind Parse(string name)
        => Array.IndexOf(names, name) is >= 0 and var found ? (FrameCorruptionKind)found : throw new FormatException($"there is no corruption {Quotation.Of(name)}; known are {string.Join(", ", names)}");
}
