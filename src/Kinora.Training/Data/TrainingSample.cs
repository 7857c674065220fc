namespace Kinora.Training.Data;

/// <summary>One record of a data file, whatever the file's format: pictures, and a conversation about them.</summary>
/// <param name="Source">Where it came from.</param>
/// <param name="Media">What it is about, in order; none: a sample of text only. All of it stands before the first question.</param>
/// <param name="Turns">The conversation, at least one turn.</param>
public sealed record TrainingSample(SampleSource Source, IReadOnlyList<TrainingMedia> Media, IReadOnlyList<TrainingTurn> Turns)
{
    /// <summary>A text before the first question, a system text or an instruction; null: none.</summary>
    public string? System { get; init; }

    /// <summary>The worse answer to the last question, which makes this sample a preference pair; null: none.</summary>
    public string? Rejected { get; init; }
}
