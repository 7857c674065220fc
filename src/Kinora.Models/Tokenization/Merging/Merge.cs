namespace Kinora.Models.Tokenization.Merging;

/// <summary>What two neighbouring pieces join to.</summary>
/// <param name="Rank">How early the merge was learned; the smallest goes first.</param>
/// <param name="Id">The joined piece.</param>
internal readonly record struct Merge(int Rank, int Id);
