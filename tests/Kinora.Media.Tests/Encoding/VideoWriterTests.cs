namespace Kinora.Media.Tests;

/// <summary>Videos that are written.</summary>
public sealed class VideoWriterTests
{
    private static readonly VideoFormat format = new(64, 48, 10) { ConstantRateFactor = 5 };

    [Fact]
    public async Task What_is_written_is_read_again()
    {
        using var folder = new TemporaryDirectory();
        await new VideoWriter().WriteAsync(folder.File("v.mp4"), format, 7, (frame, rgb) => rgb.Fill((byte)(20 + (30 * frame))));
        var clip = await new MediaReader().ReadAsync(folder.File("v.mp4"), new FrameRequest { Count = 7 });
        Assert.Equal((64, 48, 7, "h264"), (clip.Info.Width, clip.Info.Height, clip.Info.FrameCount, clip.Info.Codec));
        for (var frame = 0; frame < 7; frame++)
        {
            Assert.Equal(frame / 10.0, clip.Frames[frame].Time, 6);
            Assert.All(clip.Frames[frame].Picture.Pixels, value => Assert.InRange(value, 20 + (30 * frame) - 4, 20 + (30 * frame) + 4));
        }
    }

    [Fact]
    public async Task The_drawer_gets_the_frame_before()
    {
        using var folder = new TemporaryDirectory();
        await new VideoWriter().WriteAsync(folder.File("v.mp4"), format, 3, (frame, rgb) =>
        {
            Assert.Equal(frame, rgb[0]);
            rgb[0]++;
        });
    }

    [Fact]
    public async Task Odd_sizes_are_told()
    {
        using var folder = new TemporaryDirectory();
        var error = await Assert.ThrowsAsync<MediaException>(() => new VideoWriter().WriteAsync(folder.File("v.mp4"), new VideoFormat(63, 48, 10), 2, (_, _) => { }));
        Assert.Contains("must be even", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public async Task A_program_that_fails_is_told_and_leaves_nothing()
    {
        using var folder = new TemporaryDirectory();
        var broken = folder.Write("ffmpeg", "#!/bin/sh\necho \"Unknown encoder 'libx264'\" >&2\nexit 1\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(broken, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        // More than a pipe holds, so that the program is gone while frames are still written.
        var error = await Assert.ThrowsAsync<MediaException>(() => new VideoWriter(ffmpeg: broken).WriteAsync(folder.File("v.mp4"), new VideoFormat(512, 512, 10), 20, (_, _) => { }));
        Assert.Contains("it lacks libx264", error.Message, StringComparison.Ordinal);
        Assert.Equal(["ffmpeg"], Directory.GetFiles(folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_missing_program_is_told()
    {
        using var folder = new TemporaryDirectory();
        await Assert.ThrowsAsync<ToolMissingException>(() => new VideoWriter(ffmpeg: "/nowhere/ffmpeg").WriteAsync(folder.File("v.mp4"), format, 1, (_, _) => { }));
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public async Task An_older_file_stays_when_it_is_stopped()
    {
        using var folder = new TemporaryDirectory();
        var file = folder.Write("v.mp4", "old");
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new VideoWriter().WriteAsync(file, format, 1000, (frame, _) =>
        {
            if (frame == 20)
            {
                stop.Cancel();
            }
        }, stop.Token));
        Assert.Equal("old", File.ReadAllText(file));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public async Task What_the_drawer_throws_comes_through()
    {
        using var folder = new TemporaryDirectory();
        await Assert.ThrowsAsync<InvalidOperationException>(() => new VideoWriter().WriteAsync(folder.File("v.mp4"), format, 5, (_, _) => throw new InvalidOperationException()));
        Assert.Empty(Directory.GetFiles(folder.Path));
    }
}
