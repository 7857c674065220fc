namespace Kinora.Models.Tokenization;

/// <summary>A part of a prompt and whether names of special tokens in it mean those tokens.</summary>
/// <remarks>
/// What a user typed must not be able to end a turn or to insert a picture: such text goes into a span without matching.
/// The spans are encoded as one string, so the borders have no influence on how ordinary text is cut into tokens.
/// </remarks>
/// <param name="Text">The text.</param>
/// <param name="MatchAddedTokens">Whether added tokens are looked for here; one is found only if it lies wholly inside such spans.</param>
public readonly record struct PromptSpan(string Text, bool MatchAddedTokens);
