namespace Kinora.Models.Verification;

/// <summary>What came of a golden directory.</summary>
/// <param name="Directory">The directory.</param>
/// <param name="Cases">Its cases, in order.</param>
public sealed record VerificationReport(string Directory, IReadOnlyList<CaseReport> Cases)
{
    /// <summary>Whether there are cases and all passed.</summary>
    public bool Passed => Cases.Count > 0 && Cases.All(report => report.Passed);
}
