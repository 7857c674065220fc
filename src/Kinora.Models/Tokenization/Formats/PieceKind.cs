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
