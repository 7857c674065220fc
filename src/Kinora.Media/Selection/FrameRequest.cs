namespace Kinora.Media;

/// <summary>Which frames of a clip are wanted.</summary>
public sealed record FrameRequest
{
    /// <summary>Frames when nothing else is said, as in the published Tarsier v1 settings.</summary>
    public const int DefaultCount = 8;

    private readonly int? count;
    private readonly FrameRule? rule;

    /// <summary>
    /// How many frames, 8 by default. With <see cref="FrameRuleKind.Every"/> the largest number, and only if it was set;
    /// without meaning for <see cref="FrameRuleKind.At"/>.
    /// </summary>
    public int Count
    {
        get => count ?? DefaultCount;
        init => count = value;
    }

    /// <summary>Whether <see cref="Count"/> was set.</summary>
    public bool HasCount => count is not null;

    /// <summary>How they are chosen, <see cref="FrameRule.Uniform"/> by default.</summary>
    public FrameRule Rule
    {
        get => rule ?? FrameRule.Uniform;
        init => rule = value;
    }

    /// <summary>Seconds since the first picture at which the part of interest starts; null for the start.</summary>
    public double? Start { get; init; }

    /// <summary>Seconds since the first picture at which it ends; null for the end.</summary>
    public double? End { get; init; }

    /// <summary>The same request with what wasn't set: the number of frames, if the rule takes one, and the rule.</summary>
    public FrameRequest WithDefault(int count, FrameRule? rule = null)
    {
        var ruled = this.rule is null && rule is not null ? this with { Rule = rule } : this;
        return HasCount || Rule.Kind is FrameRuleKind.Every or FrameRuleKind.At ? ruled : ruled with { Count = count };
    }

    /// <summary>What is wrong with the request itself, or null.</summary>
    internal string? Problem(MediaLimits limits) => this switch
    {
        { Rule.Kind: FrameRuleKind.At } when Rule.Times.Count > limits.MaxFramesKept => $"{Rule.Times.Count} times are asked for, at most {limits.MaxFramesKept} are possible.",
        { Rule.Kind: FrameRuleKind.At } when Start is not null || End is not null => "times (at:T,T,...) can't be combined with a start or end.",
        { Rule.Kind: not FrameRuleKind.At } when Count < 1 || Count > limits.MaxFramesKept => $"{Count} frames are asked for, possible are 1 to {limits.MaxFramesKept}.",
        { Start: { } start } when !(start >= 0 && double.IsFinite(start)) => $"the start is {start} s, expected a number from 0.",
        { End: { } end } when !(end > 0 && double.IsFinite(end)) => $"the end is {end} s, expected a number above 0.",
        { Start: { } start, End: { } end } when end < start => $"the end {end} s lies before the start {start} s.",
        _ => null,
    };
}
