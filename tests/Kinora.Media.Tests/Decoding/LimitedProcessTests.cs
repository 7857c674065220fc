using System.Diagnostics;

namespace Kinora.Media.Tests;

/// <summary>Child processes that hang, flood, or are to be ended: nothing of them may stay.</summary>
public sealed class LimitedProcessTests
{
    private static readonly string Clip = Fixture.Video("cfr_h264.mp4");

    [Fact]
    public async Task A_missing_program_says_what_to_install()
    {
        var error = await Assert.ThrowsAsync<ToolMissingException>(() => new MediaReader(ffprobe: "no-such-ffprobe").ProbeAsync(Clip));
        Assert.Contains("apt-get install ffmpeg", error.Message, StringComparison.Ordinal);
        Assert.Contains("no-such-ffprobe", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ToolMissingException>(() => new MediaReader(ffmpeg: "/no/such/ffmpeg").ReadAsync(Clip, new FrameRequest()));
    }

    [Fact]
    public async Task A_program_that_hangs_is_ended_with_its_children()
    {
        using var folder = new TemporaryFolder();
        var hangs = folder.Script("ffprobe", $"sleep 1000 & echo $! > '{folder.File("child")}'; echo $$ > '{folder.File("self")}'; wait");
        var reader = new MediaReader(new MediaLimits { WallClock = TimeSpan.FromSeconds(1) }, ffprobe: hangs);
        var clock = Stopwatch.StartNew();
        var error = await Assert.ThrowsAsync<MediaException>(() => reader.ProbeAsync(Clip));
        Assert.Contains("longer than 1 s", error.Message, StringComparison.Ordinal);
        Assert.InRange(clock.Elapsed.TotalSeconds, 0.9, 8);
        await AssertGone(folder.File("self"));
        await AssertGone(folder.File("child"));
    }

    [Fact]
    public async Task Cancelling_ends_the_decoder_and_leaves_nothing()
    {
        using var folder = new TemporaryFolder();
        var hangs = folder.Script("ffmpeg", $"sleep 1000 & echo $! > '{folder.File("child")}'; echo $$ > '{folder.File("self")}'; wait");
        using var stop = new CancellationTokenSource();
        var reading = new MediaReader(ffmpeg: hangs).ReadAsync(Clip, new FrameRequest(), null, stop.Token);
        while (!File.Exists(folder.File("self")))
        {
            await Task.Delay(20);
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        await AssertGone(folder.File("self"));
        await AssertGone(folder.File("child"));
    }

    [Fact]
    public async Task Cancelled_before_the_start_starts_nothing()
    {
        using var folder = new TemporaryFolder();
        var tool = folder.Script("ffprobe", $"echo > '{folder.File("ran")}'");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new MediaReader(ffprobe: tool).ProbeAsync(Clip, new CancellationToken(true)));
        Assert.False(File.Exists(folder.File("ran")));
    }

    [Theory]
    [InlineData("yes packet")]
    [InlineData("yes packet >&2")]
    [InlineData("cat /dev/zero")]
    [InlineData("cat /dev/zero >&2")]
    public async Task A_program_that_floods_is_stopped(string flood)
    {
        using var folder = new TemporaryFolder();
        var limits = new MediaLimits { MaxLogBytes = 1 << 20, MaxDecodedBytes = 1 << 20 };
        var probe = folder.Script("ffprobe", flood);
        var error = await Assert.ThrowsAsync<MediaException>(() => new MediaReader(limits, ffprobe: probe).ProbeAsync(Clip));
        Assert.Contains("more than the allowed amount", error.Message, StringComparison.Ordinal);
        var decode = folder.Script("ffmpeg", flood);
        error = await Assert.ThrowsAsync<MediaException>(() => new MediaReader(limits, ffmpeg: decode).ReadAsync(Clip, new FrameRequest()));
        Assert.Contains("more than the allowed amount", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_program_writes_is_never_shown_raw()
    {
        using var folder = new TemporaryFolder();
        var tool = folder.Script("ffprobe", "printf '\\033[31mevil\\007 secret\\n' >&2; exit 3");
        var error = await Assert.ThrowsAsync<MediaException>(() => new MediaReader(ffprobe: tool).ProbeAsync(Clip));
        Assert.DoesNotContain("evil", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(error.Message, char.IsControl);
        Assert.Contains("exit code 3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Memory_is_limited()
    {
        var reader = new MediaReader(new MediaLimits { MaxMemory = 1 << 26 });
        await Assert.ThrowsAsync<MediaException>(() => reader.ProbeAsync(Clip));
    }

    [Fact]
    public async Task Processor_time_is_limited()
    {
        using var folder = new TemporaryFolder();
        var spins = folder.Script("ffprobe", "while :; do :; done");
        var reader = new MediaReader(new MediaLimits { ProcessorTime = TimeSpan.FromSeconds(1), WallClock = TimeSpan.FromSeconds(30) }, ffprobe: spins);
        var error = await Assert.ThrowsAsync<MediaException>(() => reader.ProbeAsync(Clip));
        Assert.Contains("processor time", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Limits_are_checked()
    {
        Assert.Contains("MaxFramesKept is 0", Assert.Throws<ArgumentException>(() => new MediaReader(new MediaLimits { MaxFramesKept = 0 })).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new MediaLimits { WallClock = TimeSpan.Zero }.Validated());
        Assert.Throws<ArgumentException>(() => new MediaLimits { MaxMemory = 1 }.Validated());
        Assert.Throws<ArgumentException>(() => new MediaLimits { MaxPixels = -1 }.Validated());
    }

    private static async Task AssertGone(string pidFile)
    {
        var pid = (await File.ReadAllTextAsync(pidFile)).Trim();
        for (var wait = 0; wait < 100 && IsAlive(pid); wait++)
        {
            await Task.Delay(20);
        }

        Assert.False(IsAlive(pid), $"Process {pid} is still there.");
    }

    // A zombie that init has not collected yet is dead.
    private static bool IsAlive(string pid)
    {
        try
        {
            return !File.ReadAllText($"/proc/{pid}/stat").Split(')')[^1].TrimStart().StartsWith('Z');
        }
        catch (IOException)
        {
            return false;
        }
    }
}
