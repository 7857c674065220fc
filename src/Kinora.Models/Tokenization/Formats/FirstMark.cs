namespace Kinora.Models.Tokenization.Formats;

/// <summary>
/// How slow sentencepiece tokenizers without the legacy rule treat the start of a text: a mark goes in front even if a blank is
/// there already, and a mark alone before a special token is dropped again.
/// </summary>
/// <param name="Mark">The mark.</param>
/// <param name="Id">The mark as a piece.</param>
/// <param name="Prepend">Whether it is put there at all; it is dropped in any case.</param>
internal sealed record FirstMark(char Mark, int Id, bool Prepend);
