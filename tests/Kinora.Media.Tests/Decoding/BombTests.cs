using System.Buffers.Binary;

namespace Kinora.Media.Tests;

/// <summary>Small files that claim or hold far more than their size suggests.</summary>
public sealed class BombTests
{
    private const int Side = 60_000;

    private static readonly MediaReader Reader = new();

    [Theory]
    [InlineData("png")]
    [InlineData("jpg")]
    [InlineData("bmp")]
    [InlineData("gif")]
    [InlineData("avi")]
    public async Task A_header_of_60000_by_60000_is_refused_before_decoding(string format)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("bomb." + format);
        Tool.Ffmpeg(["-f", "lavfi", "-i", "color=red:s=64x64:r=5:d=0.4", .. format == "avi" ? (string[])["-c:v", "rawvideo"] : format == "gif" ? [] : ["-frames:v", "1"], path]);
        var bytes = File.ReadAllBytes(path);
        switch (format)
        {
            case "png":
                BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(16), Side);
                BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(20), Side);
                break;
            case "jpg":
                var frame = bytes.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]);
                BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(frame + 5), Side);
                BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(frame + 7), Side);
                break;
            case "bmp":
                BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(18), Side);
                BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(22), Side);
                break;
            case "gif":
                BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(6), Side);
                BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), Side);
                break;
            default:
                var header = bytes.AsSpan().IndexOf("strf"u8) + 8;
                BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(header + 4), Side);
                BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(header + 8), Side);
                break;
        }

        File.WriteAllBytes(path, bytes);
        var error = await Assert.ThrowsAsync<MediaException>(() => Reader.ReadAsync(path, new FrameRequest()));
        Assert.Contains("MaxPixels", error.Message, StringComparison.Ordinal);
        Assert.Contains("fixed in the kinora command", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_frame_that_outgrows_its_header_is_no_bomb()
    {
        // The header promises 64x64; from the fifth frame on the stream holds 1024x1024.
        using var folder = new TemporaryFolder();
        Tool.Ffmpeg("-f", "lavfi", "-i", "color=red:s=64x64:r=5:d=1", "-c:v", "mjpeg", folder.File("small.avi"));
        Tool.Ffmpeg("-f", "lavfi", "-i", "color=red:s=1024x1024:r=5:d=1", "-c:v", "mjpeg", folder.File("large.avi"));
        Tool.Ffmpeg("-f", "concat", "-safe", "0", "-i", List(folder), "-c", "copy", folder.File("both.avi"));
        try
        {
            var clip = await Reader.ReadAsync(folder.File("both.avi"), new FrameRequest { Count = 4 });
            Assert.All(clip.Frames, frame => Assert.Equal((64, 64), (frame.Picture.Width, frame.Picture.Height)));
        }
        catch (MediaException error)
        {
            Assert.StartsWith(folder.File("both.avi"), error.Message, StringComparison.Ordinal);
        }

        static string List(TemporaryFolder folder)
        {
            File.WriteAllText(folder.File("list"), $"file '{folder.File("small.avi")}'\nfile '{folder.File("large.avi")}'\n");
            return folder.File("list");
        }
    }

    [Fact]
    public async Task An_hour_in_a_few_kilobytes_is_read()
    {
        using var folder = new TemporaryFolder();
        Tool.Ffmpeg("-f", "lavfi", "-i", "color=blue:s=16x16:r=1/10:d=3600", "-c:v", "libx264", "-preset", "ultrafast", folder.File("hour.mp4"));
        Assert.InRange(new FileInfo(folder.File("hour.mp4")).Length, 1, 20_000);
        var clip = await Reader.ReadAsync(folder.File("hour.mp4"), new FrameRequest { Count = 4 });
        Assert.Equal([0, 120, 239, 359], clip.Frames.Select(frame => frame.Index));
    }

    [Fact]
    public async Task More_than_a_day_is_refused_from_the_header()
    {
        using var folder = new TemporaryFolder();
        Tool.Ffmpeg("-f", "lavfi", "-i", "color=blue:s=16x16:r=1/600:d=90000", "-c:v", "libx264", "-preset", "ultrafast", folder.File("day.mp4"));
        var error = await Assert.ThrowsAsync<MediaException>(() => Reader.ReadAsync(folder.File("day.mp4"), new FrameRequest()));
        Assert.Contains("lasts 90000 s", error.Message, StringComparison.Ordinal);
        Assert.Contains("MediaLimits.MaxDuration in the library", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Thousands_of_tiny_frames_in_an_animation_are_counted_and_limited()
    {
        using var folder = new TemporaryFolder();
        Tool.Ffmpeg("-f", "lavfi", "-i", "testsrc=s=2x2:r=50:d=100", folder.File("tiny.gif"));
        var clip = await Reader.ReadAsync(folder.File("tiny.gif"), new FrameRequest { Count = 3 });
        Assert.Equal(5000, clip.Info.FrameCount);
        var few = new MediaReader(new MediaLimits { MaxFramesDecoded = 1000 });
        var error = await Assert.ThrowsAsync<MediaException>(() => few.ReadAsync(folder.File("tiny.gif"), new FrameRequest()));
        Assert.Contains("more than 1000 frames", error.Message, StringComparison.Ordinal);
        Assert.Contains("MaxFramesDecoded", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_film_that_names_another_file_does_not_open_it()
    {
        // A data reference with a path: other programs would read the pictures from there.
        using var folder = new TemporaryFolder();
        var bytes = File.ReadAllBytes(Fixture.Video("cfr_h264.mp4"));
        var entry = bytes.AsSpan().IndexOf("url "u8);
        Assert.True(entry > 0);
        bytes[entry + 7] = 0; // no longer "in this file"
        File.WriteAllBytes(folder.File("elsewhere.mp4"), bytes);
        var clip = await Reader.ReadAsync(folder.File("elsewhere.mp4"), new FrameRequest { Count = 1 });
        Assert.Equal((96, 64), (clip.Info.Width, clip.Info.Height));
    }

    [Fact]
    public async Task A_file_that_can_not_be_read_is_no_crash()
    {
        var error = await Assert.ThrowsAsync<MediaException>(() => Reader.ReadAsync("/proc/self/mem", new FrameRequest()));
        Assert.Contains("can't be read", error.Message, StringComparison.Ordinal);
    }
}
