using System.Diagnostics;
using System.Text;

namespace Kinora.Media.Tests;

/// <summary>Names and files that try to make the programs do something else.</summary>
public sealed class HostileFileTests
{
    private static readonly MediaReader Reader = new();

    [Theory]
    [InlineData("-version.mp4")]
    [InlineData("it's \"quoted\".mp4")]
    [InlineData("two\nlines.mp4")]
    [InlineData("frame%03d.mp4")]
    [InlineData("http:__host_a.mp4")]
    [InlineData("a|b;c&d$(e)`f`.mp4")]
    [InlineData("pipe:0")]
    [InlineData("čeština 日本語.MP4")]
    [InlineData("[0:v]\\,'.mkv")]
    public async Task Any_name_is_just_a_name(string name)
    {
        using var folder = new TemporaryFolder();
        File.Copy(Fixture.Video("cfr_h264.mp4"), folder.File(name));
        var clip = await Reader.ReadAsync(folder.File(name), new FrameRequest { Count = 3 });
        Assert.Equal([0, 12, 24], clip.Frames.Select(f => f.Index));
        Assert.Equal(25, clip.Info.FrameCount);
    }

    [Theory]
    [InlineData("frame%03d.jpg")]
    [InlineData("-i.jpg")]
    [InlineData("*?[a].jpg")]
    public async Task Picture_names_are_no_patterns(string name)
    {
        using var folder = new TemporaryFolder();
        File.Copy(Fixture.Input("plain_420.jpg"), folder.File(name));
        File.Copy(Fixture.Input("gray.jpg"), folder.File("frame001.jpg"));
        var picture = await Reader.ReadPictureAsync(folder.File(name));
        Assert.Equal((64, 48), (picture.Width, picture.Height));
    }

    [Theory]
    [InlineData("#EXTM3U\n#EXTINF:1,\nsecret.mp4\n")]
    [InlineData("ffconcat version 1.0\nfile secret.mp4\n")]
    [InlineData("<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\"></MPD>")]
    [InlineData("[InternetShortcut]\nURL=file:///etc/passwd\n")]
    public async Task Playlists_under_a_videos_name_are_refused(string text)
    {
        using var folder = new TemporaryFolder();
        File.Copy(Fixture.Video("cfr_h264.mp4"), folder.File("secret.mp4"));
        File.WriteAllText(folder.File("list.mp4"), text);
        var error = await Assert.ThrowsAsync<MediaException>(() => Reader.ReadAsync(folder.File("list.mp4"), new FrameRequest()));
        Assert.Contains("no known video", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_endings_name_what_is_supported_but_content_decides()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("notes.txt"), "This is a text and no video.");
        var error = await Assert.ThrowsAsync<MediaException>(() => Reader.ReadAsync(folder.File("notes.txt"), new FrameRequest()));
        Assert.Contains(".mp4", error.Message, StringComparison.Ordinal);
        Assert.Contains(".webp", error.Message, StringComparison.Ordinal);
        File.Copy(Fixture.Video("vp9.webm"), folder.File("film.dat"));
        Assert.Equal("matroska", (await Reader.ProbeAsync(folder.File("film.dat"))).Container);
        File.Copy(Fixture.Input("checker.png"), folder.File("picture.mp4"));
        Assert.Equal(MediaKind.Picture, (await Reader.ProbeAsync(folder.File("picture.mp4"))).Kind);
    }

    [Fact]
    public async Task Pipes_devices_folders_and_missing_files_are_told_apart_without_waiting()
    {
        using var folder = new TemporaryFolder();
        using (var maker = Process.Start("mkfifo", [folder.File("pipe.mp4")]))
        {
            await maker.WaitForExitAsync();
        }

        File.CreateSymbolicLink(folder.File("link.mp4"), "/dev/zero");
        await Expect(folder.File("pipe.mp4"), "pipe, socket or device");
        await Expect(folder.File("link.mp4"), "pipe, socket or device");
        await Expect("/dev/zero", "pipe, socket or device");
        await Expect(folder.File("missing.mp4"), "no such file");
        await Expect(folder.Path, "holds no pictures");
        await Expect("", "can't be empty");
        await Expect("a\0b", "NUL");
        Assert.DoesNotContain((await Expect(folder.File("mis\u001b[2Jsing.mp4"), "no such file")).Message, char.IsControl);
    }

    [Fact]
    public async Task A_file_of_an_absurd_size_is_refused_before_it_is_decoded()
    {
        var small = new MediaReader(new MediaLimits { MaxPixels = 1000 });
        Assert.Contains("MaxPixels", (await Assert.ThrowsAsync<MediaException>(() => small.ReadAsync(Fixture.Video("cfr_h264.mp4"), new FrameRequest()))).Message, StringComparison.Ordinal);
        Assert.Contains("MaxPixels", (await Assert.ThrowsAsync<MediaException>(() => small.ReadPictureAsync(Fixture.Input("square_336x336.png")))).Message, StringComparison.Ordinal);
        Assert.Contains("MaxPixels", (await Assert.ThrowsAsync<MediaException>(() => small.ReadPictureAsync(Fixture.Input("plain_420.jpg")))).Message, StringComparison.Ordinal);
        var brief = new MediaReader(new MediaLimits { MaxDuration = TimeSpan.FromSeconds(1) });
        Assert.Contains("MaxDuration", (await Assert.ThrowsAsync<MediaException>(() => brief.ProbeAsync(Fixture.Video("cfr_h264.mp4")))).Message, StringComparison.Ordinal);
        var few = new MediaReader(new MediaLimits { MaxFramesDecoded = 10 });
        Assert.Contains("MaxFramesDecoded", (await Assert.ThrowsAsync<MediaException>(() => few.ReadAsync(Fixture.Video("cfr_h264.mp4"), new FrameRequest()))).Message, StringComparison.Ordinal);
        var little = new MediaReader(new MediaLimits { MaxDecodedBytes = 20000 });
        Assert.Contains("MaxDecodedBytes", (await Assert.ThrowsAsync<MediaException>(() => little.ReadAsync(Fixture.Video("cfr_h264.mp4"), new FrameRequest()))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cfr_h264.mp4")]
    [InlineData("vp9.webm")]
    [InlineData("mpeg4.avi")]
    [InlineData("animated.gif")]
    [InlineData("transport.ts")]
    public async Task Damaged_bytes_give_frames_or_one_clear_line(string name)
    {
        var original = File.ReadAllBytes(Fixture.Video(name));
        var random = new Random(name.Length);
        using var folder = new TemporaryFolder();
        for (var round = 0; round < 6; round++)
        {
            var bytes = (byte[])original.Clone();
            for (var hit = 0; hit < 1 + (bytes.Length / 200); hit++)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            var path = folder.File($"{round}-{name}");
            File.WriteAllBytes(path, bytes[..random.Next(bytes.Length / 2, bytes.Length)]);
            try
            {
                var clip = await Reader.ReadAsync(path, new FrameRequest { Count = 4 });
                Assert.Equal(4, clip.Frames.Count);
            }
            catch (MediaException error)
            {
                Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
                Assert.DoesNotContain(error.Message, char.IsControl);
            }
        }
    }

    private static async Task<MediaException> Expect(string path, string part)
    {
        var error = await Assert.ThrowsAsync<MediaException>(() => Reader.ReadAsync(path, new FrameRequest()).WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.Equal(path, error.Path);
        return error;
    }
}
