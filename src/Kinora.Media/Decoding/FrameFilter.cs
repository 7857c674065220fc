using System.Globalization;
using System.Text;

namespace Kinora.Media;

/// <summary>Writes the filter graph of a plan.</summary>
internal static class FrameFilter
{
    /// <summary>Name of the filters that report frames; a segment's number follows.</summary>
    public const string Reporter = "showinfo@seen";

    // A run of comparisons this short costs less than another branch.
    private const int LeafLength = 4;

    /// <summary>Per segment: cut behind the last wanted frame, report every frame, keep the wanted ones, convert; then all segments one after the other as [out].</summary>
    public static string Graph(DecodePlan plan, MediaInfo info)
    {
        var text = new StringBuilder();
        for (var at = 0; at < plan.Segments.Length; at++)
        {
            var segment = plan.Segments[at];
            text.Append(CultureInfo.InvariantCulture, $"[{at}:{info.StreamIndex}]");
            if (!segment.ToEnd)
            {
                // Ends the input: ffmpeg stops reading it, while a selection alone would have it decoded to its end.
                text.Append(CultureInfo.InvariantCulture, $"trim=end_pts={plan.Frames.Stamps[segment.Indices[^1]] + 1},");
            }

            text.Append(CultureInfo.InvariantCulture, $"{Reporter}{at}=checksum=0,select='");
            Append(text, plan.ByStamp ? "pts" : "n", plan.ByStamp ? [.. segment.Indices.Select(i => plan.Frames.Stamps[i]!.Value)] : [.. segment.Indices.Select(i => (long)i)]);
            text.Append(CultureInfo.InvariantCulture, $"',scale={info.Width}:{info.Height}:flags=bicubic,format=rgb24,setsar=1[{(plan.Segments.Length == 1 ? "out" : $"part{at}")}];");
        }

        if (plan.Segments.Length > 1)
        {
            text.Append(string.Concat(Enumerable.Range(0, plan.Segments.Length).Select(at => $"[part{at}]")));
            text.Append(CultureInfo.InvariantCulture, $"concat=n={plan.Segments.Length}[out]");
        }

        return text.ToString().TrimEnd(';');
    }

    // A binary tree, so that thousands of wanted frames cost a handful of comparisons per decoded frame.
    private static void Append(StringBuilder text, string name, ReadOnlySpan<long> numbers)
    {
        if (numbers.Length > LeafLength)
        {
            var middle = numbers.Length / 2;
            text.Append(CultureInfo.InvariantCulture, $"if(lt({name},{numbers[middle]}),");
            Append(text, name, numbers[..middle]);
            text.Append(',');
            Append(text, name, numbers[middle..]);
            text.Append(')');
            return;
        }

        for (var at = 0; at < numbers.Length; at++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{(at == 0 ? "" : "+")}eq({name},{numbers[at]})");
        }
    }
}
