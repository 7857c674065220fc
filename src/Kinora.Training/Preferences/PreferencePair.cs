namespace Kinora.Training.Preferences;

/// <summary>Two descriptions of one clip, of which the first was written from its frames and the second from spoiled ones.</summary>
/// <param name="Chosen">The text from the clip's frames.</param>
/// <param name="Rejected">The text from the spoiled frames.</param>
/// <param name="Corruption">How they were spoiled.</param>
/// <param name="Frames">The numbers of the spoiled frames, among those that the model sees of the clip, from 0.</param>
/// <param name="ChosenSeed">What the first text was drawn with.</param>
/// <param name="RejectedSeed">What the second text was drawn with.</param>
/// <param name="CorruptionSeed">What the spoiled frames were drawn with.</param>
/// <param name="ChosenScore">The first text beside the human one.</param>
/// <param name="RejectedScore">The second text beside the human one.</param>
/// <param name="IsCut">Whether the first text was cut off at the most tokens; a model would learn to end there.</param>
public sealed record PreferencePair(
    string Chosen,
    string Rejected,
    FrameCorruptionKind Corruption,
    IReadOnlyList<int> Frames,
    ulong ChosenSeed,
    ulong RejectedSeed,
    ulong CorruptionSeed,
    DescriptionScore ChosenScore,
    DescriptionScore RejectedScore,
    bool IsCut)
{
    // 0.7 + 0.5 - 0.5 - 0.4 is a little below 0.3.
    private const double Rounding = 1e-9;

    /// <summary>What recall and precision gain together.</summary>
    public double Gain => ChosenScore.Recall - RejectedScore.Recall + ChosenScore.Precision - RejectedScore.Precision;

    /// <summary>Why the pair says nothing about what is better, or null: both measures must not fall, and their sum must gain enough.</summary>
    /// <param name="delta">The least gain, above 0.</param>
    public string? Refusal(double delta)
        => IsCut ? "the chosen text is cut off at the most tokens"
            : ChosenScore.Recall < RejectedScore.Recall ? "recall is lower"
            : ChosenScore.Precision < RejectedScore.Precision ? "precision is lower"
            : Gain < delta - Rounding ? "the gain is too small"
            : string.IsNullOrWhiteSpace(Rejected) ? "the rejected text is empty"
            : null;
}
