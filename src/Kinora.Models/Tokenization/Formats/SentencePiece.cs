namespace Kinora.Models.Tokenization.Formats;

/// <summary>What a piece of a sentencepiece model is for; the numbers are the format's.</summary>
internal enum PieceKind
{
    Normal = 1,
    Unknown = 2,
    Control = 3,
    UserDefined = 4,
    Unused = 5,
    Byte = 6,
}

/// <summary>A piece of a sentencepiece model.</summary>
/// <param name="Text">Its text; blanks are shown as U+2581.</param>
/// <param name="Score">The higher, the earlier it is merged.</param>
/// <param name="Kind">What it is for.</param>
internal readonly record struct SentencePiece(string Text, float Score, PieceKind Kind);
