using Kinora.Toybox.World;

namespace Kinora.Training.Recipes;

/// <summary>Learning from Toybox: clips are rendered and texts written as they are needed, so no data file is read.</summary>
public sealed record WorldSection
{
    /// <summary>Which clips; fewer than 2^31, and none that is held out.</summary>
    public SeedRange Seeds { get; init; } = new(0, 799_999);

    /// <summary>How often samples of a kind come, in any unit.</summary>
    public LessonShares Lessons { get; init; } = new();

    /// <summary>How often clips of levels 1, 2 and 3 come, in any unit, at the beginning.</summary>
    public IReadOnlyList<double> Levels { get; init; } = [0, 0, 1];

    /// <summary>How often at the end; between, it changes evenly.</summary>
    public IReadOnlyList<double> FinalLevels { get; init; } = [0, 0, 1];

    /// <summary>Tokens of text that a clip's questions and answers may take together.</summary>
    public int Room { get; init; } = 112;

    /// <summary>The share of clips whose first questions are those that are answered by a letter.</summary>
    public double LettersFirst { get; init; } = 0.5;

    /// <summary>What an answer of a letter counts, beside 1 for every other token.</summary>
    public double LetterWeight { get; init; } = 1;

    /// <summary>What the tower's throw-away head counts, which reads toys and scene off the patches; 0: there is none.</summary>
    public double TowerLoss { get; init; }

    /// <summary>What the decoder's throw-away head counts, which reads off the patches what changed since the frame before; 0: there is none.</summary>
    public double MotionLoss { get; init; }

    /// <summary>Clips that are described, and asked about, when the model is judged; 0: it isn't.</summary>
    public int JudgedClips { get; init; }

    /// <summary>Steps between two judgements.</summary>
    public int JudgeEverySteps { get; init; } = 500;
}
