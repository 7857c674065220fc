using System.Globalization;

namespace Kinora.Media;

/// <summary>How frames are chosen: <c>uniform</c>, <c>distinct</c>, <c>middles</c>, <c>segments</c>, <c>pllava</c>, <c>every:SECONDS</c> or <c>at:T,T,...</c>.</summary>
public sealed class FrameRule : IEquatable<FrameRule>
{
    private FrameRule(FrameRuleKind kind, double interval, IReadOnlyList<double> times)
    {
        Kind = kind;
        Interval = interval;
        Times = times;
    }

    /// <summary>Tarsier v1's rule.</summary>
    public static FrameRule Uniform { get; } = new(FrameRuleKind.Uniform, 0, []);

    /// <summary>Tarsier2's rule.</summary>
    public static FrameRule Distinct { get; } = new(FrameRuleKind.Distinct, 0, []);

    /// <summary>Tarsier2's other rule.</summary>
    public static FrameRule Middles { get; } = new(FrameRuleKind.Middles, 0, []);

    /// <summary>The middle frame of equal parts.</summary>
    public static FrameRule Segments { get; } = new(FrameRuleKind.Segments, 0, []);

    /// <summary>PLLaVA's rule.</summary>
    public static FrameRule Pllava { get; } = new(FrameRuleKind.Pllava, 0, []);

    /// <summary>Which rule.</summary>
    public FrameRuleKind Kind { get; }

    /// <summary>Seconds between frames of <see cref="FrameRuleKind.Every"/>, else 0.</summary>
    public double Interval { get; }

    /// <summary>Seconds since the first picture of <see cref="FrameRuleKind.At"/>, else empty.</summary>
    public IReadOnlyList<double> Times { get; }

    /// <summary>One frame every so many seconds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not a positive number.</exception>
    public static FrameRule Every(double seconds)
        => seconds > 0 && double.IsFinite(seconds)
            ? new FrameRule(FrameRuleKind.Every, seconds, [])
            : throw new ArgumentOutOfRangeException(nameof(seconds), seconds, "The seconds between frames must be a positive number.");

    /// <summary>The frames shown at these times, in this order.</summary>
    /// <exception cref="ArgumentException">No time, or a negative one.</exception>
    public static FrameRule At(params IReadOnlyList<double> times)
    {
        ArgumentNullException.ThrowIfNull(times);
        return times.Count > 0 && times.All(t => t >= 0 && double.IsFinite(t))
            ? new FrameRule(FrameRuleKind.At, 0, [.. times])
            : throw new ArgumentException("The times of frames must be at least one number, none negative.", nameof(times));
    }

    /// <summary>Reads a rule as users write it.</summary>
    /// <exception cref="FormatException">The text is no rule; the message names the part that is wrong and what can be written.</exception>
    public static FrameRule Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var split = text.IndexOf(':', StringComparison.Ordinal);
        var name = (split < 0 ? text : text[..split]).Trim().ToLowerInvariant();
        var value = split < 0 ? null : text[(split + 1)..];
        return (name, value) switch
        {
            ("uniform", null) => Uniform,
            ("distinct", null) => Distinct,
            ("middles", null) => Middles,
            ("segments", null) => Segments,
            ("pllava", null) => Pllava,
            ("every", { } seconds) => Number(text, seconds) is var interval and > 0 ? Every(interval) : throw Wrong(text, $"'{Short(seconds)}' is no positive number of seconds"),
            ("at", { } times) => At([.. times.Split(',').Select(t => Number(text, t))]),
            ("every", null) => throw Wrong(text, "the seconds are missing"),
            ("at", null) => throw Wrong(text, "the times are missing"),
            _ => throw Wrong(text, "there is no such rule"),
        };
    }

    /// <summary>The rule as <see cref="Parse"/> reads it.</summary>
    public override string ToString() => Kind switch
    {
        FrameRuleKind.Every => string.Create(CultureInfo.InvariantCulture, $"every:{Interval}"),
        FrameRuleKind.At => "at:" + string.Join(',', Times.Select(t => t.ToString(CultureInfo.InvariantCulture))),
        var kind => kind.ToString().ToLowerInvariant(),
    };

    /// <inheritdoc/>
    public bool Equals(FrameRule? other) => other is not null && Kind == other.Kind && Interval == other.Interval && Times.SequenceEqual(other.Times);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as FrameRule);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, Interval, Times.Count);

    private static double Number(string text, string part)
        => double.TryParse(part, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? number
            : throw Wrong(text, $"'{Short(part)}' is no number of seconds");

    private static FormatException Wrong(string text, string problem)
        => new($"The frame rule '{Short(text)}' can't be used, {problem}; write uniform, distinct, middles, segments, pllava, every:SECONDS or at:T,T,...");

    private static string Short(string text) => MediaException.Printable(text.Length > 40 ? text[..40] + "..." : text);
}
