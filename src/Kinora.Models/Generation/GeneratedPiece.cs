namespace Kinora.Models.Generation;

/// <summary>What a token added to the text.</summary>
/// <param name="Text">The new text; empty while a character or a possible stop string is incomplete.</param>
/// <param name="Tokens">Tokens written so far.</param>
public readonly record struct GeneratedPiece(string Text, int Tokens);
