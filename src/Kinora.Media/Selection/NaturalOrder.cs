namespace Kinora.Media;

/// <summary>The order of file names that people expect: runs of digits compare as numbers, so img2 stands before img10.</summary>
public sealed class NaturalOrder : IComparer<string>
{
    private NaturalOrder()
    {
    }

    /// <summary>The only one.</summary>
    public static NaturalOrder Instance { get; } = new();

    /// <inheritdoc/>
    public int Compare(string? x, string? y)
    {
        var (left, right) = (x ?? "", y ?? "");
        int i = 0, j = 0;
        while (i < left.Length && j < right.Length)
        {
            int difference;
            if (char.IsAsciiDigit(left[i]) && char.IsAsciiDigit(right[j]))
            {
                var (a, b) = (Digits(left, ref i), Digits(right, ref j));
                difference = a.Length != b.Length ? a.Length - b.Length : string.CompareOrdinal(a, b);
            }
            else
            {
                difference = char.ToUpperInvariant(left[i++]) - char.ToUpperInvariant(right[j++]);
            }

            if (difference != 0)
            {
                return difference;
            }
        }

        // Equal but for case or leading zeros: any fixed order will do.
        return left.Length - i != right.Length - j ? (left.Length - i) - (right.Length - j) : string.CompareOrdinal(left, right);
    }

    private static string Digits(string text, ref int at)
    {
        var start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
        {
            at++;
        }

        return text[start..at].TrimStart('0');
    }
}
