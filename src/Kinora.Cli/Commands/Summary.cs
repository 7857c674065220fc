using System.Globalization;
using Kinora.Models.Describing;
using Kinora.Models.Generation;

namespace Kinora.Cli.Commands;

/// <summary>The line below a description: what it cost.</summary>
internal static class Summary
{
    public static string Of(Description description)
    {
        var (frames, read, written) = (description.Frames.Count, description.PromptTokens, description.Ids.Count);
        var (decoding, encoding, reading, writing) = (Seconds(DescribePhase.Decode), Seconds(DescribePhase.Encode), Seconds(DescribePhase.Read), Seconds(DescribePhase.Generate));
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"[{Count(frames, "frame")} decoded in {decoding:0.00} s, encoded in {encoding:0.00} s ({Rate(frames, encoding)}/s); {Count(read, "token")} read in {reading:0.00} s ({Rate(read, reading)}/s), {written} written in {writing:0.00} s ({Rate(written, writing)}/s)]");
        return description.Finish == FinishReason.Length ? $"{line} The text was cut at --max-tokens {written}." : line;

        double Seconds(DescribePhase phase) => description.Seconds[phase];
    }

    /// <summary>A number of things: "1 frame", "8 frames".</summary>
    public static string Count(int count, string thing) => string.Create(CultureInfo.InvariantCulture, $"{count} {thing}{(count == 1 ? "" : "s")}");

    private static string Rate(int count, double seconds) => seconds > 0 ? (count / seconds).ToString(count / seconds < 10 ? "0.0" : "0", CultureInfo.InvariantCulture) : "-";
}
