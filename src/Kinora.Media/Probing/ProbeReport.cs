using System.Globalization;
using System.Text;

namespace Kinora.Media;

/// <summary>Collects ffprobe's <c>compact</c> output: rows of <c>section|key=value|...</c>. No free text of the file is asked for, so nothing in it needs unescaping.</summary>
internal sealed class ProbeReport(int maxFrames)
{
    private readonly Dictionary<int, List<(long? Stamp, long Duration, bool Key)>> packets = [];
    private int count;

    /// <summary>The picture streams, one row each.</summary>
    public List<Dictionary<string, string>> Streams { get; } = [];

    /// <summary>The row about the container.</summary>
    public Dictionary<string, string> Format { get; private set; } = [];

    /// <summary>What the program complained about, if that is known.</summary>
    public string? Reason { get; set; }

    /// <summary>Whether more frames than allowed were listed, those of all streams together.</summary>
    public bool TooMany { get; private set; }

    /// <summary>Takes one line.</summary>
    public void Add(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith("packet|"u8))
        {
            AddPacket(Row(line));
        }
        else if (line.StartsWith("stream|"u8))
        {
            Streams.Add(Row(line));
        }
        else if (line.StartsWith("format|"u8))
        {
            Format = Row(line);
        }
    }

    /// <summary>The frames that a stream's packets promise, in display order.</summary>
    public FrameTimes Frames(int stream, Rational timeBase, double rate)
    {
        var list = packets.GetValueOrDefault(stream) ?? [];
        var sorted = list.TrueForAll(p => p.Stamp is not null) ? [.. list.OrderBy(p => p.Stamp)] : list;
        return new FrameTimes([.. sorted.Select(p => p.Stamp)], timeBase, rate, sorted.Count == 0 ? 0 : sorted[^1].Duration)
        {
            KeyStamps = [.. sorted.Where(p => p.Key && p.Stamp is not null).Select(p => p.Stamp!.Value)],
        };
    }

    private void AddPacket(Dictionary<string, string> row)
    {
        // D: needed to decode others, but cut away by the edit list, so never shown.
        var flags = row.GetValueOrDefault("flags", "");
        if (flags.Contains('D', StringComparison.Ordinal) || !int.TryParse(row.GetValueOrDefault("stream_index"), out var stream))
        {
            return;
        }

        if (count == maxFrames)
        {
            TooMany = true;
            return;
        }

        count++;
        if (!packets.TryGetValue(stream, out var list))
        {
            packets[stream] = list = [];
        }

        list.Add((Number(row, "pts"), Number(row, "duration") ?? 0, flags.Contains('K', StringComparison.Ordinal)));
    }

    private static long? Number(Dictionary<string, string> row, string key)
        => long.TryParse(row.GetValueOrDefault(key), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static Dictionary<string, string> Row(ReadOnlySpan<byte> line)
    {
        var row = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var field in Encoding.UTF8.GetString(line).Split('|'))
        {
            var split = field.IndexOf('=', StringComparison.Ordinal);
            if (split > 0)
            {
                row.TryAdd(field[..split], field[(split + 1)..]);
            }
        }

        return row;
    }
}
