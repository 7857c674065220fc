namespace Kinora.Training.Conversations;

/// <summary>How one golden case of packing and masking came out.</summary>
/// <param name="Name">The case.</param>
/// <param name="Difference">What differs first, with both values; null if all agrees.</param>
/// <param name="Compared">Values that were compared: the text, parts, ids and labels.</param>
public sealed record LabelCaseResult(string Name, string? Difference, int Compared)
{
    /// <summary>Whether all agrees.</summary>
    public bool Passed => Difference is null;
}
