namespace Kinora.Media.Tests;

/// <summary>Jumping to a key frame must give the very frames that decoding from the start gives.</summary>
public sealed class SeekingTests
{
    [Theory]
    [InlineData("closed.mp4", "open-gop=0:bframes=3:keyint=40")]
    [InlineData("open.mp4", "open-gop=1:bframes=3:b-pyramid=normal:keyint=40:min-keyint=10")]
    [InlineData("open.mkv", "open-gop=1:bframes=3:keyint=40:min-keyint=10")]
    public async Task Frames_after_a_jump_are_the_same(string name, string settings)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File(name);
        Tool.Ffmpeg("-f", "lavfi", "-i", "testsrc2=size=96x64:rate=10:duration=24", "-c:v", "libx264", "-pix_fmt", "yuv420p", "-x264-params", settings, path);
        var reader = new MediaReader();
        var all = await reader.ReadAsync(path, new FrameRequest { Count = 240 });
        Assert.Equal(240, all.Info.FrameCount);
        foreach (var start in new[] { 5.9, 8.0, 11.9, 12.0, 12.1, 15.7, 16.0, 20.3 })
        {
            var seen = new Latest();
            var part = await reader.ReadAsync(path, new FrameRequest { Start = start, End = start + 0.5, Count = 6 }, seen);
            Assert.Equal((int)(start * 10), part.Frames[0].Index);
            Assert.All(part.Frames, f => Assert.Equal(all.Frames[f.Index].Picture.Pixels, f.Picture.Pixels));
            Assert.All(part.Frames, f => Assert.Equal(all.Frames[f.Index].Time, f.Time, 6));
            if (start < 20)
            {
                // The end was not decoded, and where a key frame lies far enough from the start, neither was the beginning.
                Assert.InRange(seen.Value!.FramesDecoded, 6, start > 10 ? 110 : 140);
            }
        }
    }

    [Theory]
    [InlineData("long.mp4", "libx264", "open-gop=1:bframes=3:keyint=30:min-keyint=10")]
    [InlineData("long.mkv", "libx264", "bframes=2:keyint=30")]
    [InlineData("long.ts", "libx264", "bframes=2:keyint=30")]
    public async Task Frames_far_apart_come_from_one_process_that_jumps(string name, string codec, string settings)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File(name);
        Tool.Ffmpeg("-f", "lavfi", "-i", "testsrc2=size=64x48:rate=10:duration=90", "-c:v", codec, "-pix_fmt", "yuv420p", "-x264-params", settings, path);
        var counter = folder.Script("ffmpeg", $"echo >> '{folder.File("runs")}'; exec ffmpeg \"$@\"");
        var reader = new MediaReader(ffmpeg: counter);
        var all = await new MediaReader().ReadAsync(path, new FrameRequest { Count = 900 });
        var seen = new Latest();
        var clip = await reader.ReadAsync(path, new FrameRequest { Count = 7 }, seen);
        Assert.Equal(TarsierIndices.Choose(900, 7, 10), clip.Frames.Select(f => f.Index));
        Assert.All(clip.Frames, f => Assert.Equal(all.Frames[f.Index].Picture.Pixels, f.Picture.Pixels));
        Assert.All(clip.Frames, f => Assert.Equal(all.Frames[f.Index].ContainerTime, f.ContainerTime, 6));
        Assert.Single(File.ReadAllLines(folder.File("runs")));
        if (name == "long.ts")
        {
            // No index to jump by: everything is decoded.
            Assert.Equal(900, seen.Value!.FramesDecoded);
        }
        else
        {
            Assert.InRange(seen.Value!.FramesDecoded, 7, 400);
        }

        var mixed = await reader.ReadAsync(path, new FrameRequest { Rule = FrameRule.At(80.05, 0, 41, 41.1, 62.3) });
        Assert.Equal([800, 0, 410, 411, 623], mixed.Frames.Select(f => f.Index));
        Assert.All(mixed.Frames, f => Assert.Equal(all.Frames[f.Index].Picture.Pixels, f.Picture.Pixels));
    }

    [Fact]
    public async Task Sizes_that_change_on_the_way_become_that_of_the_first()
    {
        using var folder = new TemporaryFolder();
        Tool.Ffmpeg("-f", "lavfi", "-i", "testsrc2=size=64x48:rate=10:duration=1", "-c:v", "mpeg2video", "-f", "mpegts", folder.File("a.ts"));
        Tool.Ffmpeg("-f", "lavfi", "-i", "testsrc2=size=96x80:rate=10:duration=1", "-c:v", "mpeg2video", "-output_ts_offset", "1", "-f", "mpegts", folder.File("b.ts"));
        File.WriteAllBytes(folder.File("both.ts"), [.. File.ReadAllBytes(folder.File("a.ts")), .. File.ReadAllBytes(folder.File("b.ts"))]);
        var clip = await new MediaReader().ReadAsync(folder.File("both.ts"), new FrameRequest { Count = 20 });

        // At the joint ffmpeg's decoder loses one frame: the packets promise 20, so a second run must have chosen from the 19 real ones.
        Assert.Equal(19, clip.Info.FrameCount);
        Assert.Equal(TarsierIndices.Choose(19, 20, 10), clip.Frames.Select(f => f.Index));
        Assert.All(clip.Frames, f => Assert.Equal((clip.Info.Width, clip.Info.Height), (f.Picture.Width, f.Picture.Height)));
        Assert.NotEqual(clip.Frames[12].Picture.Pixels, clip.Frames[18].Picture.Pixels);
    }

    private sealed class Latest : IProgress<DecodeProgress>
    {
        public DecodeProgress? Value { get; private set; }

        public void Report(DecodeProgress value) => Value = value;
    }
}
