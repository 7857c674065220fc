using System.Text;

namespace Kinora.Models.Tokenization.Splitting;

/// <summary>GPT-2's characters for the 256 bytes: printable Latin-1 stands for itself, the rest follows from U+0100 on.</summary>
internal static class ByteAlphabet
{
    private const int End = 0x100 + 68;

    private static readonly char[] characters = new char[256];
    private static readonly short[] bytes = new short[End];

#pragma warning disable CA1810 // Both tables come out of one loop.
    static ByteAlphabet()
#pragma warning restore CA1810
    {
        Array.Fill(bytes, (short)-1);
        var next = 0x100;
        for (var value = 0; value < 256; value++)
        {
            var printable = value is >= '!' and <= '~' or >= 0xA1 and <= 0xAC or >= 0xAE;
            characters[value] = (char)(printable ? value : next++);
            bytes[characters[value]] = (short)value;
        }
    }

    /// <summary>The character of a byte.</summary>
    public static string Show(byte value) => characters[value].ToString();

    /// <summary>The bytes of the text's UTF-8 form, one character each.</summary>
    public static string Show(string text)
        => string.Create(Encoding.UTF8.GetByteCount(text), text, static (shown, source) =>
        {
            var encoded = Encoding.UTF8.GetBytes(source);
            for (var index = 0; index < shown.Length; index++)
            {
                shown[index] = characters[encoded[index]];
            }
        });

    /// <summary>The bytes that a token stands for: its own UTF-8 form if any of its characters stands for no byte.</summary>
    public static byte[] Bytes(string token)
    {
        var decoded = new byte[token.Length];
        for (var index = 0; index < token.Length; index++)
        {
            if (token[index] >= End || bytes[token[index]] < 0)
            {
                return Encoding.UTF8.GetBytes(token);
            }

            decoded[index] = (byte)bytes[token[index]];
        }

        return decoded;
    }
}
