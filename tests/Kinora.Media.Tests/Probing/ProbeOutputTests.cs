using System.Text;

namespace Kinora.Media.Tests;

/// <summary>What ffprobe and ffmpeg write is a stranger's too: numbers in it come out of the file.</summary>
public sealed class ProbeOutputTests
{
    private static readonly SourceFile File = SourceFile.Open(Fixture.Video("cfr_h264.mp4"));

    private static readonly string Sound = string.Join('\n', [
        .. Enumerable.Range(0, 60).Select(i => $"packet|stream_index=0|pts={1024 * i}|duration=1024|flags={(i % 50 == 0 ? 'K' : '_')}_"),
        "stream|index=0|codec_name=h264|width=96|height=64|sample_aspect_ratio=4:3|pix_fmt=yuv420p|color_range=tv|color_space=bt709|avg_frame_rate=30000/1001"
            + "|time_base=1/10240|duration=6.000000|nb_frames=60|disposition:default=1|disposition:attached_pic=0|side_datum/display_matrix:rotation=-90",
        "format|start_time=0.000000|duration=6.000000", ""]);

    private static readonly FrameRule[] Rules = [FrameRule.Uniform, FrameRule.Segments, FrameRule.Every(0.5), FrameRule.At(0, 1.5)];

    [Fact]
    [Trait(Fuzz.Trait, "ffprobe")]
    public void Mutants_of_ffprobes_report_give_a_plan_or_one_clear_line()
    {
        var limits = new MediaLimits { MaxFramesDecoded = 1000, MaxFramesKept = 100 };
        Fuzz.Run("ffprobe's report", 8000, random => Use(limits, Damaged(random), random), error => error is MediaException);
    }

    [Fact]
    [Trait(Fuzz.Trait, "showinfo")]
    public void Mutants_of_ffmpegs_log_give_times_or_nothing()
    {
        var sound = "[showinfo@seen0 @ 0x55] [info] config in time_base: 1/10240, frame_rate: 10/1\n"
            + string.Concat(Enumerable.Range(0, 20).Select(i => $"[showinfo@seen0 @ 0x55] [info] n:{i,4} pts:{1024 * i,7} pts_time:{i / 10.0} fmt:yuv420p\n"));
        Fuzz.Run("ffmpeg's log", 4000, random =>
        {
            var log = new FrameLog(1, new FailureReason(1000), _ => { });
            foreach (var line in Lines(Mutation.Of(Encoding.ASCII.GetBytes(sound), random)))
            {
                log.Add(line);
            }

            var times = new FrameTimes(log.Stamps[0], log.TimeBase, 10, 0);
            if (times.Count < 15 || log.TimeBase.Denominator == 0)
            {
                throw new MediaException("log", "too little is left of it"); // told apart for the count alone
            }

            Assert.InRange(times.At(0.5), 0, times.Count - 1);
        }, error => error is MediaException);
    }

    [Theory]
    [InlineData("width=96|height=64", "width=60000|height=60000", "MaxPixels")]
    [InlineData("duration=6.000000", "duration=1e300", "MaxDuration")]
    [InlineData("width=96", "width=99999999999", "no readable video")]
    [InlineData("width=96", "width=-96", "no readable video")]
    [InlineData("time_base=1/10240", "time_base=0/0", "no unit")]
    [InlineData("time_base=1/10240", "time_base=-1/10240", "no unit")]
    public void Numbers_that_can_not_be_are_named(string before, string after, string part)
    {
        var text = Sound.Replace(before, after, StringComparison.Ordinal);
        var error = Assert.Throws<MediaException>(() => Use(MediaLimits.Default, Encoding.ASCII.GetBytes(text), new Random(0)));
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Streams_and_packets_without_end_are_stopped_early()
    {
        var prober = new Prober(new MediaLimits { MaxFramesDecoded = 100 }, "ffprobe");
        var report = new ProbeReport(100);
        var error = Assert.Throws<MediaException>(() => Repeat(report, i => $"packet|stream_index={i}|pts=0|flags=K_"));
        Assert.Contains("more than 100 frames", error.Message, StringComparison.Ordinal);
        Assert.Contains("MaxFramesDecoded", error.Message, StringComparison.Ordinal);
        report = new ProbeReport(100);
        error = Assert.Throws<MediaException>(() => Repeat(report, i => $"stream|index={i}|width=2|height=2"));
        Assert.Contains("more than 1000 streams", error.Message, StringComparison.Ordinal);

        void Repeat(ProbeReport taker, Func<int, string> line)
        {
            for (var i = 0; i < 100_000; i++)
            {
                prober.Take(File, taker, Encoding.ASCII.GetBytes(line(i)));
            }
        }
    }

    private static void Use(MediaLimits limits, byte[] text, Random random)
    {
        var prober = new Prober(limits, "ffprobe");
        var report = new ProbeReport(limits.MaxFramesDecoded);
        foreach (var line in Lines(text))
        {
            prober.Take(File, report, line);
        }

        var info = prober.Describe(File, report);
        var frames = report.Frames(info.StreamIndex, info.TimeBase, info.AverageRate.Value);
        if (frames.Count == 0)
        {
            throw new MediaException(File.Path, "it holds no pictures.");
        }

        var request = new FrameRequest { Count = random.Next(1, 20), Rule = Rules[random.Next(Rules.Length)], Start = random.Next(3) == 0 ? 1 : null, End = random.Next(3) == 0 ? 4 : null };
        var chosen = FrameSelector.Choose(File.Path, frames, request, info.AverageRate.Value, limits);
        Assert.InRange(chosen.Length, 1, limits.MaxFramesKept);
        Assert.All(chosen, index => Assert.InRange(index, 0, frames.Count - 1));
        var plan = DecodePlan.Fast(frames, [.. chosen.Distinct().Order()], File, info, limits);
        Assert.DoesNotContain(plan.Arguments(File, info, limits), argument => argument.Contains('\0', StringComparison.Ordinal));
    }

    /// <summary>Damaged bytes, or one number replaced by an extreme.</summary>
    private static byte[] Damaged(Random random)
    {
        if (random.Next(2) == 0)
        {
            return Mutation.Of(Encoding.ASCII.GetBytes(Sound), random);
        }

        string[] extremes = ["0", "-1", "N/A", "9223372036854775807", "-9223372036854775808", "2147483647", "-2147483648", "1/0", "0/1", "1/9223372036854775807", "9223372036854775807/1", "1e308", "NaN", "Infinity", "", "90", "65536"];
        var lines = Sound.Split('\n');
        for (var rounds = random.Next(1, 4); rounds > 0; rounds--)
        {
            var at = random.Next(3) == 0 ? random.Next(lines.Length - 3) : lines.Length - 2 - random.Next(2);
            var fields = lines[at].Split('|');
            var field = random.Next(1, fields.Length);
            fields[field] = fields[field].Split('=')[0] + "=" + extremes[random.Next(extremes.Length)];
            lines[at] = string.Join('|', fields);
        }

        return Encoding.ASCII.GetBytes(string.Join('\n', lines));
    }

    private static IEnumerable<byte[]> Lines(byte[] text) => Encoding.Latin1.GetString(text).Split('\n').Select(Encoding.Latin1.GetBytes);
}
