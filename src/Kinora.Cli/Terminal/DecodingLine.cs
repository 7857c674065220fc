using System.Diagnostics;
using Kinora.Media;
using Kinora.Models.Describing;

namespace Kinora.Cli.Terminal;

/// <summary>Follows the decoding of one input on the progress line.</summary>
internal sealed class DecodingLine : IProgress<DecodeProgress>
{
    private readonly Stopwatch clock = Stopwatch.StartNew();

    public void Report(DecodeProgress value) => ProgressLine.Show(new DescribeProgress(DescribePhase.Decode, value.FramesDecoded, value.FramesExpected, clock.Elapsed));
}
