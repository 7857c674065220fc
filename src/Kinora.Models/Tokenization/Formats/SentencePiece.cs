namespace Kinora.Models.Tokenization.Formats;

/// <summary>A piece of a sentencepiece model.</summary>
/// <param name="Text">Its text; blanks are shown as U+2581.</param>
/// <param name="Score">The higher, the earlier it is merged.</param>
/// <param name="Kind">What it is for.</param>
internal readonly record struct SentencePiece(string Text, float Score, PieceKind Kind);
