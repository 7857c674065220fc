namespace Kinora.Models.Verification;

/// <summary>What came of one case.</summary>
/// <param name="Name">The case's name.</param>
/// <param name="Stored">Tensors, texts and id lists that the golden directory holds for it.</param>
/// <param name="Comparisons">All comparisons, end to end first.</param>
/// <param name="NotCompared">Stored things that nothing was compared with.</param>
/// <param name="Failure">Why the case could not be run, or null.</param>
public sealed record CaseReport(string Name, int Stored, IReadOnlyList<TensorComparison> Comparisons, IReadOnlyList<string> NotCompared, string? Failure)
{
    /// <summary>How many of the stored things were compared with something.</summary>
    public int Compared => Stored - NotCompared.Count;

    /// <summary>Whether everything was compared and is within its limit.</summary>
    public bool Passed => Failure is null && NotCompared.Count == 0 && Comparisons.All(comparison => comparison.Passed);
}
