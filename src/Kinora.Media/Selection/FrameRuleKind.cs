namespace Kinora.Media;

/// <summary>The ways of choosing frames.</summary>
public enum FrameRuleKind
{
    /// <summary>Tarsier v1's rule: evenly by index, the first and the last frame included.</summary>
    Uniform,

    /// <summary>Tarsier2's rule: as <see cref="Uniform"/>, but no frame twice; a video of fewer frames gives them all.</summary>
    Distinct,

    /// <summary>Tarsier2's other rule: the middle frame of runs of frames that are as equal as can be, no frame twice.</summary>
    Middles,

    /// <summary>The middle frame of equal parts of the time.</summary>
    Segments,

    /// <summary>PLLaVA's rule: about the middles of equal parts, by index.</summary>
    Pllava,

    /// <summary>One frame every so many seconds.</summary>
    Every,

    /// <summary>The frames shown at given times.</summary>
    At,
}
