using Kinora.Media;
using Kinora.Toybox.Clips;
using Kinora.Toybox.Drawing;
using Kinora.Toybox.Planning;

namespace Kinora.Toybox.Tests.Clips;

/// <summary>Clips as files.</summary>
public sealed class ClipWriterTests
{
    private static readonly ClipRenderer renderer = new();
    private static readonly ClipWriter writer = new(renderer);

    [Fact]
    public async Task A_video_shows_what_was_drawn()
    {
        using var folder = new TemporaryDirectory();
        var plan = ClipPlanner.Plan(3, 3);
        await writer.WriteVideoAsync(plan, folder.File("clip.mp4"));
        var clip = await new MediaReader().ReadAsync(folder.File("clip.mp4"), new FrameRequest { Count = 6 });
        Assert.Equal((plan.Frames, "h264", "yuv420p"), (clip.Info.FrameCount, clip.Info.Codec, clip.Info.PixelFormat));
        Assert.Equal(12, clip.Info.AverageRate.Value);
        foreach (var frame in clip.Frames)
        {
            Assert.Equal(frame.Index / 12.0, frame.Time, 6);
            var drawn = renderer.Frame(plan, frame.Index).Pixels;
            Assert.InRange(frame.Picture.Pixels.Zip(drawn).Average(pair => Math.Abs(pair.First - pair.Second)), 0, 4);
        }
    }

    [Fact]
    public async Task An_older_video_is_replaced_and_an_older_folder_is_not()
    {
        using var folder = new TemporaryDirectory();
        var plan = ClipPlanner.Plan(3, 1);
        folder.Write("clip.mp4", "old");
        await writer.WriteVideoAsync(plan, folder.File("clip.mp4"));
        Assert.True(new FileInfo(folder.File("clip.mp4")).Length > 1000);
        Directory.CreateDirectory(folder.File("clip"));
        Assert.Contains("there already", (await Assert.ThrowsAsync<WorldException>(() => writer.WriteFramesAsync(plan, folder.File("clip")))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_place_that_can_not_be_written_is_told()
    {
        using var folder = new TemporaryDirectory();
        var plan = ClipPlanner.Plan(3, 1);
        var video = await Assert.ThrowsAsync<MediaException>(() => writer.WriteVideoAsync(plan, folder.File("missing/clip.mp4")));
        Assert.Contains("missing/clip.mp4: this video can't be written here", video.Message, StringComparison.Ordinal);
        folder.Write("file", "no folder");
        var frames = await Assert.ThrowsAsync<WorldException>(() => writer.WriteFramesAsync(plan, folder.File("file/clip")));
        Assert.Contains("file/clip: these frames can't be written here", frames.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_left_when_it_is_stopped()
    {
        using var folder = new TemporaryDirectory();
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        var plan = ClipPlanner.Plan(3, 1);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writer.WriteVideoAsync(plan, folder.File("clip.mp4"), stop.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writer.WriteFramesAsync(plan, folder.File("clip"), stop.Token));
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }
}
