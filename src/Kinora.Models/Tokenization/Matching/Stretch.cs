namespace Kinora.Models.Tokenization.Matching;

/// <summary>A part of a text: an added token, or what lies between two of them.</summary>
/// <param name="Start">Where it begins.</param>
/// <param name="Length">Its UTF-16 units.</param>
/// <param name="Token">The token; null: ordinary text.</param>
internal readonly record struct Stretch(int Start, int Length, AddedToken? Token);
