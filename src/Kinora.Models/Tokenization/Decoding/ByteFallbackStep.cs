using System.Buffers;
using System.Globalization;
using System.Text;

namespace Kinora.Models.Tokenization.Decoding;

/// <summary>
/// Turns runs of byte pieces (<c>&lt;0xE2&gt;</c>) into characters. A run that is no valid UTF-8 becomes one U+FFFD for each of its
/// bytes, whole characters in it included: that is what the original library's fast tokenizers do.
/// </summary>
/// <param name="eager">
/// For streams: characters are passed on as soon as they are complete. If the run turns out to be invalid after that, only the
/// bytes still held become U+FFFD.
/// </param>
/// <param name="keepsWhole">Whether whole characters in a broken run are kept, as sentencepiece itself does.</param>
internal sealed class ByteFallbackStep(bool eager, bool keepsWhole = false) : DecoderStep
{
    private readonly List<byte> run = [];
    private bool broken;

    public override void Push(string piece)
    {
        if (!TryParse(piece, out var value))
        {
            Flush();
            Pass(piece);
            return;
        }

        run.Add(value);
        if (keepsWhole && eager)
        {
            PassCharacters(toTheEnd: false);
        }
        else if (eager && !broken)
        {
            var status = Rune.DecodeFromUtf8([.. run], out var rune, out _);
            broken = status == OperationStatus.InvalidData;
            if (status == OperationStatus.Done)
            {
                run.Clear();
                Pass(rune.ToString());
            }
        }
    }

    public override void Finish()
    {
        Flush();
        base.Finish();
    }

    private static bool TryParse(string piece, out byte value)
    {
        value = 0;
        return piece.Length == 6 && piece.StartsWith("<0x", StringComparison.Ordinal) && piece[5] == '>'
            && byte.TryParse(piece.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>Whole characters as they are, and U+FFFD for each byte that belongs to none.</summary>
    private void PassCharacters(bool toTheEnd)
    {
        while (run.Count > 0)
        {
            var status = Rune.DecodeFromUtf8([.. run], out var rune, out var length);
            if (status == OperationStatus.NeedMoreData && !toTheEnd)
            {
                return;
            }

            run.RemoveRange(0, status == OperationStatus.Done ? length : 1);
            Pass(status == OperationStatus.Done ? rune.ToString() : "\uFFFD");
        }
    }

    private void Flush()
    {
        if (run.Count == 0)
        {
            return;
        }

        if (keepsWhole)
        {
            PassCharacters(toTheEnd: true);
            return;
        }

        var bytes = run.ToArray();
        run.Clear();
        broken = false;
        if (System.Text.Unicode.Utf8.IsValid(bytes))
        {
            Pass(Encoding.UTF8.GetString(bytes));
            return;
        }

        foreach (var _ in bytes)
        {
            Pass("\uFFFD");
        }
    }
}
