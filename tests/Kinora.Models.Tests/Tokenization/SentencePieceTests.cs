using System.Text;
using Kinora.Models.Tokenization;

namespace Kinora.Models.Tests.Tokenization;

public sealed class SentencePieceTests : IDisposable
{
    private const int Normal = 1, Unknown = 2, Control = 3, UserDefined = 4, Byte = 6;

    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public void Pieces_of_every_kind_do_what_they_are_for()
    {
        var tokenizer = Load(Model(), Trainer(modelType: 2), Normalizer());
        Assert.Equal([1, 6, 5], tokenizer.Encode("ab", true)); // mark, then "ab"
        Assert.Equal([7, 6, 3], tokenizer.Encode("<u>a", false));
        Assert.Equal(1, tokenizer.BeginId);
        Assert.Equal(2, tokenizer.EndId);
        Assert.True(tokenizer.IsSpecial(1));
        Assert.False(tokenizer.IsSpecial(7));
        Assert.Equal([6, 8], tokenizer.Encode("A", false)); // <0x41>
        Assert.Equal("A", tokenizer.Decode([6, 8], false));
        Assert.Equal([6, 0], tokenizer.Encode("Zq", false));
    }

    [Fact]
    public void Extra_blanks_go_where_the_model_says_so()
    {
        var tokenizer = Load(Model(), Trainer(modelType: 2), Normalizer(removesBlanks: true));
        Assert.Equal(tokenizer.Encode("a b", false), tokenizer.Encode("  a   b ", false));
        Assert.NotEqual(tokenizer.Encode("a b", false), Load(Model(), Trainer(modelType: 2), Normalizer()).Encode("a  b", false));
    }

    [Fact]
    public void Models_that_are_not_supported_say_so()
    {
        Refused("unigram", Model(), Trainer(modelType: 1), Normalizer());
        Refused("unigram", Model(), [], Normalizer());
        Refused("type 3", Model(), Trainer(modelType: 3), Normalizer());
        Refused("identity", Model(), Trainer(modelType: 2), Normalizer(map: true));
        Refused("are both \"a\"", [.. Model(), .. Piece("a", -9, Normal)], Trainer(modelType: 2), Normalizer());
        Refused("stands for no byte", [.. Model(), .. Piece("<0xZZ>", 0, Byte)], Trainer(modelType: 2), Normalizer());
        Refused("stands for no byte", [.. Model(), .. Piece("<0x100>", 0, Byte)], Trainer(modelType: 2), Normalizer());
        Refused("type from 1 to 6", [.. Model(), .. Piece("x", 0, 9)], Trainer(modelType: 2), Normalizer());
        Refused("type from 1 to 6", [.. Model(), .. Piece("x", float.NaN, Normal)], Trainer(modelType: 2), Normalizer());
        Refused("unk_id", Model(), [.. Field(2, Number(3, 2).Concat(Number(40, 99)))], Normalizer());
        Refused("holds no pieces", [], [], []);
        Refused("damaged", [0x0A, 0x7F, 1, 2]);
        Refused("damaged", [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]);
        Refused("damaged", [0x0B]);
    }

    private static byte[] Model() =>
    [
        .. Piece("<unk>", 0, Unknown), .. Piece("<s>", 0, Control), .. Piece("</s>", 0, Control),
        .. Piece("a", -2, Normal), .. Piece("b", -3, Normal), .. Piece("ab", -1, Normal), .. Piece("\u2581", -4, Normal),
        .. Piece("<u>", 0, UserDefined), .. Piece("<0x41>", 0, Byte),
    ];

    private static byte[] Trainer(int modelType) => [.. Field(2, Number(3, modelType).Concat(Number(35, 1)))];

    private static byte[] Normalizer(bool removesBlanks = false, bool map = false)
        => [.. Field(3, (byte[])[.. Number(4, removesBlanks ? 1 : 0), .. map ? Field(2, [1, 2, 3]) : []])];

    private static byte[] Piece(string text, float score, int kind)
        => [.. Field(1, (byte[])[.. Field(1, Encoding.UTF8.GetBytes(text)), 0x15, .. BitConverter.GetBytes(score), .. Number(3, kind)])];

    private static IEnumerable<byte> Field(int number, IEnumerable<byte> content)
    {
        var bytes = content.ToArray();
        return [.. Varint((number << 3) | 2), .. Varint(bytes.Length), .. bytes];
    }

    private static IEnumerable<byte> Number(int number, int value) => [.. Varint(number << 3), .. Varint(value)];

    private static IEnumerable<byte> Varint(int value)
    {
        while (value > 127)
        {
            yield return (byte)(value | 128);
            value >>= 7;
        }

        yield return (byte)value;
    }

    private Tokenizer Load(params byte[][] parts) => Tokenizer.LoadSentencePiece(directory.Write("tokenizer.model", [.. parts.SelectMany(part => part)]));

    private void Refused(string reason, params byte[][] parts)
    {
        var error = Assert.Throws<TokenizerException>(() => Load(parts));
        Assert.Contains(reason, error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }
}
