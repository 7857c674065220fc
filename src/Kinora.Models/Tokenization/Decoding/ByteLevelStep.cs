using System.Runtime.InteropServices;
using System.Text;
using Kinora.Models.Tokenization.Splitting;

namespace Kinora.Models.Tokenization.Decoding;

/// <summary>Joins the bytes that the pieces stand for and reads them as UTF-8; each longest broken part becomes one U+FFFD.</summary>
internal sealed class ByteLevelStep : DecoderStep
{
    private readonly List<byte> held = [];

    public override void Push(string piece)
    {
        held.AddRange(ByteAlphabet.Bytes(piece));
        Release(held.Count - Unfinished());
    }

    public override void Finish()
    {
        Release(held.Count);
        base.Finish();
    }

    // The bytes at the end that begin a character and go on as one, but are too few for it.
    private int Unfinished()
    {
        for (var length = 1; length <= Math.Min(3, held.Count); length++)
        {
            var value = held[^length];
            if (value is < 0x80 or >= 0xC0)
            {
                var needed = value switch { >= 0xC2 and < 0xE0 => 2, >= 0xE0 and < 0xF0 => 3, >= 0xF0 and < 0xF5 => 4, _ => 0 };
                return length < needed && (length == 1 || MayFollow(value, held[^(length - 1)])) ? length : 0;
            }
        }

        return 0;
    }

    // Overlong forms and numbers beyond Unicode show at the second byte; of half a surrogate pair the reference takes all three.
    private static bool MayFollow(byte first, byte second) => first switch
    {
        0xE0 => second >= 0xA0,
        0xF0 => second >= 0x90,
        0xF4 => second < 0x90,
        _ => true,
    };

    private void Release(int count)
    {
        Pass(Encoding.UTF8.GetString(CollectionsMarshal.AsSpan(held)[..count]));
        held.RemoveRange(0, count);
    }
}
