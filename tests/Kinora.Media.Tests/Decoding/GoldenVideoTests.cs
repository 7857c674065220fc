namespace Kinora.Media.Tests;

/// <summary>All golden videos: header, times, sizes, colours, and the frames of Tarsier's rule.</summary>
public sealed class GoldenVideoTests
{
    private const double TimeTolerance = 0.001;
    private const double MeanTolerance = 3.0;
    private const double GridTolerance = 8.0;

    // ffmpeg estimates a GIF's rate from its unequal delays, each version in its own way (50/7 in the reference, 19/3 in version 5.1).
    private const string RateDependsOnVersion = "animated.gif";

    // The header's duration is too short (1.64 s): ffmpeg 5.1 corrects it to 2.64 s, the reference's version does not.
    private const string DurationDependsOnVersion = "vfr_bframes.mp4";

    private static readonly MediaReader Reader = new();

    public static TheoryData<string> Decodable => VideoCase.Names(decodable: true);

    public static TheoryData<string> Undecodable => VideoCase.Names(decodable: false);

    [Fact]
    public void All_files_are_there()
    {
        Assert.Equal(42, Decodable.Count);
        Assert.Equal(4, Undecodable.Count);
    }

    [Theory]
    [MemberData(nameof(Decodable))]
    public async Task Header_is_read(string name)
    {
        var golden = VideoCase.Find(name);
        var info = await Reader.ProbeAsync(golden.Path);
        Assert.Equal(golden.Path, info.Path);
        Assert.Equal(name.EndsWith(".gif", StringComparison.Ordinal) ? MediaKind.Animation : MediaKind.Video, info.Kind);
        Assert.Equal(golden["stream"].GetInt32(), info.StreamIndex);
        Assert.Equal(golden.Size("coded_size"), (info.CodedWidth, info.CodedHeight));
        Assert.Equal(golden.Size("upright_size"), (info.Width, info.Height));
        Assert.Equal(golden.Size("display_size"), (info.DisplayWidth, info.DisplayHeight));
        Assert.Equal(golden["rotation"].GetInt32(), info.Rotation);
        Assert.Equal(golden.Text("pixel_format"), info.PixelFormat);
        Assert.Equal(golden.Text("colour_matrix"), info.ColourMatrix);
        Assert.Equal(golden.Text("colour_range"), info.ColourRange);
        Assert.Equal(Rational.Parse(golden.Text("time_base")).Value, info.TimeBase.Value, 12);
        if (name != DurationDependsOnVersion)
        {
            Assert.Equal(golden.Nullable("container_duration"), info.Duration, DurationsAgree);
        }

        Assert.Equal(golden.Number("container_start", 0), info.StartTime, TimeTolerance);
        Assert.Null(info.FrameCount);
        if (name != RateDependsOnVersion)
        {
            Assert.Equal(golden.AverageRate.Value, info.AverageRate.Value, 9);
        }

        if (info.Kind == MediaKind.Video)
        {
            Assert.Equal((int?)golden.Nullable("header_frame_count"), info.HeaderFrameCount);
        }
    }

    [Theory]
    [MemberData(nameof(Decodable))]
    public async Task Every_frame_comes_with_its_time_and_colours(string name)
    {
        var golden = VideoCase.Find(name);
        var clip = await Reader.ReadAsync(golden.Path, new FrameRequest { Count = golden.FrameCount });
        Assert.Equal(golden.FrameCount, clip.Info.FrameCount);
        Assert.Equal(golden.Times, clip.Frames.Select(f => f.ContainerTime), TimesAgree);
        Assert.Equal(golden.Times.Select(t => t - golden["first_time"].GetDouble()), clip.Frames.Select(f => f.Time), TimesAgree);
        Assert.Equal(Enumerable.Range(0, golden.FrameCount), clip.Frames.Select(f => f.Index));
        Assert.All(clip.Frames, f => Assert.Equal(golden.Size("upright_size"), (f.Picture.Width, f.Picture.Height)));
        if (name.StartsWith("corrupt", StringComparison.Ordinal))
        {
            // How a picture looks after damage depends on the decoder's version.
            return;
        }

        foreach (var frame in golden["frames"].EnumerateArray())
        {
            var picture = clip.Frames[frame.GetProperty("index").GetInt32()].Picture;
            AssertClose(frame.GetProperty("mean_rgb"), PictureMeans.Whole(picture), MeanTolerance, name);
            for (var cell = 0; cell < 64; cell++)
            {
                AssertClose(frame.GetProperty("grid8")[cell / 8][cell % 8], PictureMeans.GridCell(picture, cell / 8, cell % 8), golden.Number("tolerance_grid8", GridTolerance), name);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Decodable))]
    public async Task Uniform_frames_are_tarsiers(string name)
    {
        var golden = VideoCase.Find(name);
        foreach (var count in new[] { 1, 4, 8, 16, 32 })
        {
            Assert.Equal(golden.Uniform(count), TarsierIndices.Choose(golden.FrameCount, count, golden.AverageRate.Value));
        }

        var (start, end, bounded) = golden.Bounded;
        Assert.Equal(bounded, TarsierIndices.Choose(golden.FrameCount, 8, golden.AverageRate.Value, start, end));

        var clip = await Reader.ReadAsync(golden.Path, new FrameRequest { Count = 8 });
        Assert.Equal(golden.Uniform(8), clip.Frames.Select(f => f.Index));
        Assert.Equal(clip.Frames.Select(f => f.Index).Distinct().Count(), clip.Frames.Select(f => f.Picture).Distinct().Count());
        if (name != RateDependsOnVersion)
        {
            var part = await Reader.ReadAsync(golden.Path, new FrameRequest { Count = 8, Start = start, End = end });
            Assert.Equal(bounded, part.Frames.Select(f => f.Index));
            Assert.Equal(bounded.Select(i => golden.Times[i] - golden.Times[0]), part.Frames.Select(f => f.Time), TimesAgree);
        }
    }

    [Theory]
    [MemberData(nameof(Undecodable))]
    public async Task What_cannot_be_decoded_is_one_clear_line(string name)
    {
        var path = Fixture.Video(name);
        var error = await Assert.ThrowsAsync<MediaException>(() => Reader.ReadAsync(path, new FrameRequest()));
        Assert.Equal(path, error.Path);
        Assert.StartsWith(path + ": ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        Assert.DoesNotContain("0x", error.Message, StringComparison.Ordinal);
        Assert.Contains(
            name switch
            {
                "zero_byte.mp4" => "is empty",
                "audio_only.m4a" => "holds no video",
                "truncated_index_last.mp4" => "cut short",
                _ => "no known video",
            },
            error.Message,
            StringComparison.Ordinal);
        await Assert.ThrowsAsync<MediaException>(() => Reader.ProbeAsync(path));
    }

    [Fact]
    public async Task Damage_is_counted_and_a_sound_file_has_none()
    {
        var sound = await Reader.ReadAsync(Fixture.Video("cfr_h264.mp4"), new FrameRequest());
        var broken = await Reader.ReadAsync(Fixture.Video("corrupt_middle.mp4"), new FrameRequest());
        Assert.Equal(0, sound.DecodeErrors);
        Assert.True(broken.DecodeErrors > 0);
    }

    private static bool TimesAgree(double left, double right) => Math.Abs(left - right) <= TimeTolerance;

    private static bool DurationsAgree(double? left, double? right) => left is null ? right is null : right is not null && TimesAgree(left.Value, right.Value);

    private static void AssertClose(System.Text.Json.JsonElement expected, double[] actual, double tolerance, string name)
    {
        for (var channel = 0; channel < 3; channel++)
        {
            Assert.True(Math.Abs(expected[channel].GetDouble() - actual[channel]) <= tolerance, $"{name}: {expected[channel]} expected, {actual[channel]:0.00} found in channel {channel}.");
        }
    }
}
