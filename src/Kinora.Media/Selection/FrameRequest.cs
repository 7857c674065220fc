namespace Kinora.Media;

/// <summary>Which frames of a clip are wanted.</summary>
public sealed record FrameRequest
{
    /// <summary>Frames when nothing else is said, as in the published Tarsier v1 settings.</summary>
    public const int DefaultCount = 8;

    private readonly int? count;
    private readonly FrameRule rule = FrameRule.Uniform;

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

    /// <summary>How they are chosen.</summary>
    public FrameRule Rule
    {
        get => rule;
        init => (rule, HasRule) = (value, true);
    }

    /// <summary>Whether <see cref="Rule"/> was set.</summary>
    public bool HasRule { get; private init; }

    /// <summary>Seconds since the first picture at which the part of interest starts; null for the start.</summary>
    public double? Start { get; init; }

    /// <summary>Seconds since the first picture at which it ends; null for the end.</summary>
    public double? End { get; init; }

    /// <summary>The same request with this number of frames, if none was set and the rule takes one.</summary>
    public FrameRequest WithDefault(int count) => HasCount || Rule.Kind is FrameRuleKind.Every or FrameRuleKind.At ? this : this with { Count = count };

    /// <summary>The same request with this rule, if none was set, and this number of frames, if none was set and the rule takes one.</summary>
    public FrameRequest WithDefault(FrameRule rule, int count) => (HasRule ? this : this with { Rule = rule }).WithDefault(count);

    /// <summary>What is wrong with the request itself, or null.</summary>
    internal string? Problem(MediaLimits limits) => this switch
    {
        { Rule: null } => "a frame rule is needed: uniform, segments, pllava, every:SECONDS or at:T,T,...",
        { Rule.Kind: FrameRuleKind.At } when Rule.Times.Count > limits.MaxFramesKept => $"{Rule.Times.Count} times are asked for, at most {limits.MaxFramesKept} are possible.",
        { Rule.Kind: FrameRuleKind.At } when Start is not null || End is not null => "times (at:T,T,...) can't be combined with a start or end.",
        { Rule.Kind: not FrameRuleKind.At } when Count < 1 || Count > limits.MaxFramesKept => $"{Count} frames are asked for, possible are 1 to {limits.MaxFramesKept}.",
        { Start: { } start } when !(start >= 0 && double.IsFinite(start)) => $"the start is {start} s, expected a number from 0.",
        { End: { } end } when !(end > 0 && double.IsFinite(end)) => $"the end is {end} s, expected a number above 0.",
        { Start: { } start, End: { } end } when end < start => $"the end {end} s lies before the start {start} s.",
        _ => null,
    };
}
