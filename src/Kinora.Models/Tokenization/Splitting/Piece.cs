namespace Kinora.Models.Tokenization.Splitting;

/// <summary>A part of the text that is cut into tokens by itself.</summary>
/// <param name="Text">The text.</param>
/// <param name="AtStart">Whether it begins where the whole prompt begins.</param>
internal readonly record struct Piece(string Text, bool AtStart);
