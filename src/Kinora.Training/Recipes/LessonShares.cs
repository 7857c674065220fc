namespace Kinora.Training.Recipes;

/// <summary>How often each kind of sample comes, in any unit.</summary>
public sealed record LessonShares
{
    /// <summary>Frames without any text: only what the tower's head reads off them is learned.</summary>
    public double Frames { get; init; }

    /// <summary>A clip without any text: only what the decoder's head reads off its rows is learned, and only the blocks up to there are computed.</summary>
    public double Motions { get; init; }

    /// <summary>A single frame with its description and questions about it.</summary>
    public double Stills { get; init; }

    /// <summary>A clip with its description and questions about it.</summary>
    public double Clips { get; init; }

    /// <summary>A clip with its description only.</summary>
    public double Descriptions { get; init; }

    /// <summary>A clip of any number of frames with other instructions: one sentence, a caption, lists with and without times.</summary>
    public double Instructions { get; init; }

    /// <summary>Two frames and what changed between them.</summary>
    public double Differences { get; init; }

    /// <summary>The shares in the order of the lessons.</summary>
    internal double[] All => [Frames, Motions, Stills, Clips, Descriptions, Instructions, Differences];
}
