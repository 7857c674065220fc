using System.Text;
using Kinora.Media;

namespace Kinora.Models.Tokenization.Formats;

/// <summary>Reads <c>tokenizer.model</c>, a protocol buffer message of the sentencepiece library.</summary>
internal sealed class SentencePieceFile
{
    private const int MostBytes = 64 << 20;

    // Published field numbers of sentencepiece_model.proto.
    private const int Pieces = 1, Trainer = 2, NormalizerSettings = 3;

    private SentencePieceFile(string path) => Path = path;

    public string Path { get; }

    public List<SentencePiece> All { get; } = [];

    /// <summary>1 unigram, 2 byte pair encoding, 3 words, 4 characters.</summary>
    public int ModelType { get; private set; } = 1;

    public bool ByteFallback { get; private set; }

    public int UnknownId { get; private set; }

    public int BeginId { get; private set; } = 1;

    public int EndId { get; private set; } = 2;

    public bool BlanksAreSuffixes { get; private set; }

    public bool AddsDummyPrefix { get; private set; } = true;

    public bool RemovesExtraBlanks { get; private set; } = true;

    public bool EscapesBlanks { get; private set; } = true;

    public int CharacterMapBytes { get; private set; }

    public static SentencePieceFile Read(string path)
    {
        byte[] bytes;
        try
        {
            bytes = PlainFile.ReadAtMost(path, MostBytes) ?? throw new TokenizerException(path, $"is larger than the {MostBytes} bytes that such a file has at most; fetch the file again");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new TokenizerException(path, $"can't be read ({error.Message})", error);
        }

        var file = new SentencePieceFile(path);
        var reader = new WireReader(bytes, path);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case Pieces:
                    file.All.Add(file.ReadPiece(reader.Bytes));
                    break;
                case Trainer:
                    file.ReadTrainer(reader.Bytes);
                    break;
                case NormalizerSettings:
                    file.ReadNormalizer(reader.Bytes);
                    break;
            }
        }

        return file.All.Count > 0 ? file : throw new TokenizerException(path, "holds no pieces; expected a sentencepiece model, fetch the file again");
    }

    private SentencePiece ReadPiece(ReadOnlySpan<byte> message)
    {
        var (text, score, kind) = ("", 0f, PieceKind.Normal);
        var reader = new WireReader(message, Path);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    text = Text(reader.Bytes);
                    break;
                case 2:
                    score = BitConverter.UInt32BitsToSingle((uint)reader.Number);
                    break;
                case 3:
                    kind = (PieceKind)reader.Number;
                    break;
            }
        }

        return text.Length == 0 || float.IsNaN(score) || !Enum.IsDefined(kind)
            ? throw new TokenizerException(Path, $"piece {All.Count} is {Quotation.Of(text)} with score {score} and type {(int)kind}; expected a text, a number and a type from 1 to 6")
            : new SentencePiece(text, score, kind);
    }

    private void ReadTrainer(ReadOnlySpan<byte> message)
    {
        var reader = new WireReader(message, Path);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 3:
                    ModelType = (int)reader.Number;
                    break;
                case 24:
                    BlanksAreSuffixes = reader.Number != 0;
                    break;
                case 35:
                    ByteFallback = reader.Number != 0;
                    break;
                case 40:
                    UnknownId = (int)reader.Number;
                    break;
                case 41:
                    BeginId = (int)reader.Number;
                    break;
                case 42:
                    EndId = (int)reader.Number;
                    break;
            }
        }
    }

    private void ReadNormalizer(ReadOnlySpan<byte> message)
    {
        var reader = new WireReader(message, Path);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 2:
                    CharacterMapBytes = reader.Bytes.Length;
                    break;
                case 3:
                    AddsDummyPrefix = reader.Number != 0;
                    break;
                case 4:
                    RemovesExtraBlanks = reader.Number != 0;
                    break;
                case 5:
                    EscapesBlanks = reader.Number != 0;
                    break;
            }
        }
    }

    private string Text(ReadOnlySpan<byte> bytes)
        => System.Text.Unicode.Utf8.IsValid(bytes)
            ? Encoding.UTF8.GetString(bytes)
            : throw new TokenizerException(Path, $"piece {All.Count} is no valid UTF-8; fetch the file again");
}
