using System.Buffers.Text;
using System.Text;

namespace Kinora.Media;

/// <summary>
/// Follows ffmpeg's messages: a <c>showinfo</c> filter in front of the selection reports every decoded frame with its time stamp,
/// so that the same process that delivers the pictures also proves which frames they are.
/// </summary>
internal sealed class FrameLog(FailureReason reason, Action<int> onFrame)
{
    /// <summary>The filter, with a name of our own by which its lines are known.</summary>
    public const string Filter = "showinfo@seen=checksum=0";

    private static readonly byte[] Prefix = "[showinfo@seen @"u8.ToArray();

    /// <summary>The time stamps in the order of decoding, which is the order of display; null where there is none.</summary>
    public List<long?> Stamps { get; } = [];

    /// <summary>The unit of the time stamps.</summary>
    public Rational TimeBase { get; private set; }

    /// <summary>Takes one line.</summary>
    public void Add(ReadOnlySpan<byte> line)
    {
        if (!line.StartsWith(Prefix))
        {
            if (line.IndexOf("[error]"u8) >= 0 || line.IndexOf("[fatal]"u8) >= 0)
            {
                reason.Add(line);
            }

            return;
        }

        if (line.IndexOf(" n:"u8) >= 0 && Value(line, "pts:"u8) is { IsEmpty: false } stamp)
        {
            Stamps.Add(Utf8Parser.TryParse(stamp, out long number, out _) ? number : null);
            onFrame(Stamps.Count);
        }
        else if (Value(line, "config in time_base:"u8) is { IsEmpty: false } unit)
        {
            TimeBase = Rational.Parse(Encoding.ASCII.GetString(unit[..Math.Max(0, unit.IndexOf((byte)','))]));
        }
    }

    private static ReadOnlySpan<byte> Value(ReadOnlySpan<byte> line, ReadOnlySpan<byte> key)
    {
        var at = line.IndexOf(key);
        return at < 0 ? default : line[(at + key.Length)..].TrimStart((byte)' ');
    }
}
