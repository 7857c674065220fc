namespace Kinora.Evaluation.Worlds;

/// <summary>How events of one kind were told, counted over all clips.</summary>
/// <param name="Happened">Events that happened.</param>
/// <param name="Told">Events that were told.</param>
/// <param name="Matched">Events of both.</param>
public readonly record struct VerbScore(int Happened, int Told, int Matched)
{
    /// <summary>The share of what happened that was told; NaN if nothing of the kind happened.</summary>
    public double Recall => (double)Matched / Happened;

    /// <summary>The share of what was told that happened; NaN if nothing of the kind was told.</summary>
    public double Precision => (double)Matched / Told;
}
