using System.Globalization;
using Kinora.Models.Describing;
using Kinora.Models.Generation;

namespace Kinora.Cli.Commands;

/// <summary>The line below a description: what it cost.</summary>
internal static class Summary
{
    public static string Of(Description description)
    {
        var (frames, tokens) = (description.Frames.Count, description.Ids.Count);
        var seconds = description.Seconds;
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"[{frames} frames decoded in {seconds[DescribePhase.Decode]:0.00} s, encoded in {seconds[DescribePhase.Encode]:0.00} s ({Rate(frames, seconds[DescribePhase.Encode])}/s); prompt of {description.PromptTokens} tokens read in {seconds[DescribePhase.Read]:0.00} s ({Rate(description.PromptTokens, seconds[DescribePhase.Read])}/s); {tokens} tokens written in {seconds[DescribePhase.Generate]:0.00} s ({Rate(tokens, seconds[DescribePhase.Generate])}/s)]");
        return description.Finish == FinishReason.Length ? $"{line} The text was cut at --max-tokens {tokens}." : line;
    }

    private static string Rate(int count, double seconds) => seconds > 0 ? (count / seconds).ToString(count / seconds < 10 ? "0.0" : "0", CultureInfo.InvariantCulture) : "-";
}
