namespace Kinora.Media;

/// <summary>The ways of choosing frames.</summary>
public enum FrameRuleKind
{
    /// <summary>Tarsier v1's rule: evenly by index, the first and the last frame included.</summary>
    Uniform,

    /// <summary>The middle frame of equal parts of the time.</summary>
    Segments,

    /// <summary>PLLaVA's rule: about the middles of equal parts, by index.</summary>
    Pllava,

    /// <summary>One frame every so many seconds.</summary>
    Every,

    /// <summary>The frames shown at given times.</summary>
    At,
}
