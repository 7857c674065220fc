using System.Buffers.Text;
using System.Text;

namespace Kinora.Media;

/// <summary>
/// Follows ffmpeg's messages: a <c>showinfo</c> filter in front of each selection reports every decoded frame with its time stamp,
/// so that the same process that delivers the pictures also proves which frames they are.
/// </summary>
internal sealed class FrameLog(int segments, FailureReason reason, Action<int> onFrame)
{
    private static readonly byte[] Prefix = Encoding.ASCII.GetBytes("[" + FrameFilter.Reporter);

    private readonly List<long?>[] stamps = [.. Enumerable.Range(0, segments).Select(_ => new List<long?>())];

    /// <summary>The time stamps of each segment in the order of display; null where there is none.</summary>
    public IReadOnlyList<IReadOnlyList<long?>> Stamps => stamps;

    /// <summary>Frames of all segments.</summary>
    public int Count { get; private set; }

    /// <summary>The unit of the time stamps.</summary>
    public Rational TimeBase { get; private set; }

    /// <summary>Takes one line.</summary>
    public void Add(ReadOnlySpan<byte> line)
    {
        if (!line.StartsWith(Prefix) || !Utf8Parser.TryParse(line[Prefix.Length..], out int segment, out _) || (uint)segment >= (uint)stamps.Length)
        {
            if (line.IndexOf("[error]"u8) >= 0 || line.IndexOf("[fatal]"u8) >= 0)
            {
                reason.Add(line);
            }

            return;
        }

        if (HoldsComplaint(line))
        {
            reason.Add(line);
        }

        if (line.IndexOf(" n:"u8) >= 0 && Value(line, "pts:"u8) is { IsEmpty: false } stamp)
        {
            stamps[segment].Add(Utf8Parser.TryParse(stamp, out long number, out _) ? number : null);
            onFrame(++Count);
        }
        else if (Value(line, "config in time_base:"u8) is { IsEmpty: false } unit)
        {
            TimeBase = Rational.Parse(Encoding.ASCII.GetString(unit[..Math.Max(0, unit.IndexOf((byte)','))]));
        }
    }

    // showinfo writes its lines in pieces, and a decoder thread's message may fall between two of them, without a prefix of its own.
    private static bool HoldsComplaint(ReadOnlySpan<byte> line)
        => line.IndexOf("error"u8) >= 0 || line.IndexOf("unavailable"u8) >= 0 || line.IndexOf("nvalid"u8) >= 0 || line.IndexOf("orrupt"u8) >= 0
        || line.IndexOf("conceal"u8) >= 0 || line.IndexOf("missing"u8) >= 0;

    private static ReadOnlySpan<byte> Value(ReadOnlySpan<byte> line, ReadOnlySpan<byte> key)
    {
        var at = line.IndexOf(key);
        return at < 0 ? default : line[(at + key.Length)..].TrimStart((byte)' ');
    }
}
