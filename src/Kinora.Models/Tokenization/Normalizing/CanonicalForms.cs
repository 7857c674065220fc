using System.Globalization;

namespace Kinora.Models.Tokenization.Normalizing;

/// <summary>
/// The Unicode tables behind normalisation form C. The program runs without ICU, where <c>string.Normalize</c> leaves everything
/// beyond ASCII as it is; the embedded text says how it was made.
/// </summary>
internal static class CanonicalForms
{
    private static readonly Dictionary<int, byte> classes = [];
    private static readonly Dictionary<int, int[]> decompositions = [];
    private static readonly Dictionary<(int First, int Second), int> compositions = [];
    private static readonly HashSet<int> seconds = [];

#pragma warning disable CA1810 // The three tables come out of one pass over the text.
    static CanonicalForms()
#pragma warning restore CA1810
    {
        using var stream = typeof(CanonicalForms).Assembly.GetManifestResourceStream("CanonicalForms.txt")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#'))
            {
                continue;
            }

            if (line.Contains(':', StringComparison.Ordinal))
            {
                ReadClass(line);
                continue;
            }

            foreach (var entry in line.Split(';'))
            {
                ReadDecomposition(entry);
            }
        }
    }

    /// <summary>The canonical combining class; 0 for a starter.</summary>
    public static byte Class(int code) => classes.GetValueOrDefault(code);

    /// <summary>One step of decomposition, or null.</summary>
    public static int[]? Decomposition(int code) => decompositions.GetValueOrDefault(code);

    /// <summary>The character that two compose to, or null.</summary>
    public static int? Composition(int first, int second) => compositions.TryGetValue((first, second), out var code) ? code : null;

    /// <summary>Whether the character is the second of any composition.</summary>
    public static bool ComposesWithPrevious(int code) => seconds.Contains(code);

    private static void ReadClass(string line)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        var number = byte.Parse(line.AsSpan(0, colon), CultureInfo.InvariantCulture);
        foreach (var range in line[(colon + 2)..].Split(' '))
        {
            var ends = range.Split('-');
            for (var code = Hex(ends[0]); code <= Hex(ends[^1]); code++)
            {
                classes.Add(code, number);
            }
        }
    }

    private static void ReadDecomposition(string entry)
    {
        var sign = entry.AsSpan().IndexOfAny('=', '+');
        var code = Hex(entry[..sign]);
        var parts = entry[(sign + 1)..].Split(' ').Select(Hex).ToArray();
        decompositions.Add(code, parts);
        if (entry[sign] == '+')
        {
            compositions.Add((parts[0], parts[1]), code);
            seconds.Add(parts[1]);
        }
    }

    private static int Hex(string text) => int.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
