using System.Globalization;

namespace Kinora.Media;

/// <summary>A fraction as containers store rates, time bases and aspect ratios.</summary>
/// <param name="Numerator">The upper number.</param>
/// <param name="Denominator">The lower number; 0 means unknown.</param>
public readonly record struct Rational(long Numerator, long Denominator)
{
    /// <summary>The value, 0 if unknown.</summary>
    public double Value => Denominator == 0 ? 0 : (double)Numerator / Denominator;

    /// <summary>Reads <c>30000/1001</c>, <c>16:9</c> or <c>25</c>; anything else is 0/0.</summary>
    public static Rational Parse(ReadOnlySpan<char> text)
    {
        var split = text.IndexOfAny('/', ':');
        var upper = split < 0 ? text : text[..split];
        var lower = split < 0 ? "1" : text[(split + 1)..];
        return long.TryParse(upper, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var numerator)
            && long.TryParse(lower, NumberStyles.None, CultureInfo.InvariantCulture, out var denominator)
            ? new Rational(numerator, denominator)
            : default;
    }

    /// <summary>The fraction as <c>30000/1001</c>, a whole number without its denominator.</summary>
    public override string ToString() => Denominator == 1 ? $"{Numerator}" : $"{Numerator}/{Denominator}";
}
