using System.Text.Json.Nodes;
using Kinora.Media;
using Kinora.Toybox.Clips;
using Kinora.Toybox.Drawing;
using Kinora.Toybox.Language;
using Kinora.Toybox.Planning;

namespace Kinora.Toybox.Tests.Clips;

/// <summary>Directories of clips.</summary>
public sealed class WorldDirectoryTests
{
    private static readonly ClipWriter writer = new(new ClipRenderer());

    [Fact]
    public async Task Every_clip_has_a_line_with_its_truth()
    {
        using var folder = new TemporaryDirectory();
        Assert.Equal(5, await RenderAsync(folder.File("world"), 40, 5));
        var lines = Lines(folder.File("world"));
        Assert.Equal([40L, 41, 42, 43, 44], lines.Select(line => (long)line["seed"]!));
        foreach (var line in lines)
        {
            var plan = ClipPlanner.Plan((long)line["seed"]!, 3);
            var info = (await new MediaReader().ReadAsync(Path.Combine(folder.File("world"), (string)line["video"]!), new FrameRequest { Count = 1 })).Info;
            Assert.Equal((128, 128, plan.Frames, plan.Frames), (info.Width, info.Height, info.FrameCount, (int)line["length"]!));
            var facts = ClipFacts.Of(plan);
            Assert.Equal(facts.Select(fact => Math.Round(fact.Start / 12.0, 3)), line["events"]!.AsArray().Select(happening => (double)happening!["start"]!));
            Assert.Equal(facts.Select(fact => fact.Fact.Verb.ToString()), line["events"]!.AsArray().Select(happening => ((string)happening!["verb"]!).Replace("_", "", StringComparison.Ordinal)), StringComparer.OrdinalIgnoreCase);
            Assert.Equal(plan.Shots.Select(shot => shot.Scene.ToString()), line["shots"]!.AsArray().Select(shot => (string)shot!["scene"]!), StringComparer.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task Whole_clips_are_kept()
    {
        using var folder = new TemporaryDirectory();
        var path = folder.File("world");
        await RenderAsync(path, 0, 3);
        var file = Path.Combine(path, "toybox-00000001.mp4");
        var written = File.GetLastWriteTimeUtc(file);
        Assert.Equal(1, await RenderAsync(path, 1, 3));
        Assert.Equal(written, File.GetLastWriteTimeUtc(file));
        Assert.Equal([0L, 1, 2, 3], Lines(path).Select(line => (long)line["seed"]!));
    }

    [Fact]
    public async Task What_a_killed_program_left_is_put_in_order()
    {
        using var folder = new TemporaryDirectory();
        var path = folder.File("world");
        await RenderAsync(path, 0, 4);
        var list = Path.Combine(path, "clips.jsonl");
        var whole = File.ReadAllLines(list);

        // Half a line, a clip without a line, a line without a clip, a file and a folder that were begun.
        File.WriteAllText(list, string.Join('\n', whole[0], whole[1], whole[2][..50]));
        File.Delete(Path.Combine(path, "toybox-00000001.mp4"));
        File.WriteAllText(Path.Combine(path, ".0123.part"), "begun");
        Directory.CreateDirectory(Path.Combine(path, ".4567.part", "deep"));

        Assert.Equal(1, await RenderAsync(path, 0, 4));
        Assert.Equal([whole[0], whole[2], whole[3], whole[1]], File.ReadAllLines(list)); // those that were whole are listed at once
        Assert.Equal(7, Directory.GetFileSystemEntries(path).Length); // four clips, world.json, clips.jsonl, lock
    }

    [Fact]
    public async Task Stopped_work_leaves_whole_clips_with_their_lines()
    {
        using var folder = new TemporaryDirectory();
        var path = folder.File("world");
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RenderAsync(path, 0, 500, ClipFormat.Mp4, new Watch(done =>
        {
            if (done == 4)
            {
                stop.Cancel();
            }
        }), stop.Token));
        var files = Directory.GetFiles(path, "toybox-*");
        Assert.InRange(files.Length, 4, 100);
        Assert.DoesNotContain(Directory.GetFileSystemEntries(path), entry => entry.EndsWith(".part", StringComparison.Ordinal));
        foreach (var file in files)
        {
            Assert.InRange((await new MediaReader().ReadAsync(file, new FrameRequest { Count = 1 })).Info.FrameCount!.Value, 24, 66);
        }

        Assert.All(Lines(path), line => Assert.True(File.Exists(Path.Combine(path, (string)line["video"]!))));
    }

    [Fact]
    public async Task Frames_are_kept_as_pictures()
    {
        using var folder = new TemporaryDirectory();
        var path = folder.File("world");
        await RenderAsync(path, 6, 2, ClipFormat.Frames);
        var plan = ClipPlanner.Plan(7, 3);
        var files = Directory.GetFiles(Path.Combine(path, "toybox-00000007")).Order().ToList();
        Assert.Equal(plan.Frames, files.Count);
        Assert.Equal(new ClipRenderer().Frame(plan, 20).Pixels, (await new MediaReader().ReadPictureAsync(files[20])).Pixels);
        Assert.Equal("toybox-00000007", (string)Lines(path)[1]["video"]!);
    }

    [Theory]
    [InlineData("{\"world\":0,\"level\":3,\"format\":\"mp4\"}", "version 0 of the world")]
    [InlineData("{\"level\":3}", "version none of the world")]
    [InlineData("{\"world\":1,\"level\":2,\"format\":\"mp4\"}", "level 2, not 3")]
    [InlineData("{\"world\":1,\"level\":3,\"format\":\"frames\"}", "format \"frames\", not \"mp4\"")]
    [InlineData("{\"world\":1,\"world\":1}", "damaged")]
    [InlineData("[1]", "damaged")]
    [InlineData("{", "damaged")]
    [InlineData("", "damaged")]
    public void Clips_of_another_world_are_refused(string about, string words)
    {
        using var folder = new TemporaryDirectory();
        folder.Write("world.json", about);
        var message = Assert.Throws<WorldException>(() => WorldDirectory.Open(folder.Path, 3, ClipFormat.Mp4)).Message;
        Assert.StartsWith(folder.Path, message, StringComparison.Ordinal);
        Assert.Contains(words, message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_of_something_else_is_refused()
    {
        using var folder = new TemporaryDirectory();
        folder.Write("letter.txt", "Dear");
        Assert.Contains("something else", Assert.Throws<WorldException>(() => WorldDirectory.Open(folder.Path, 3, ClipFormat.Mp4)).Message, StringComparison.Ordinal);
        Assert.Equal("Dear", File.ReadAllText(folder.File("letter.txt")));
    }

    [Fact]
    public void Only_one_program_writes_at_a_time()
    {
        using var folder = new TemporaryDirectory();
        using var first = WorldDirectory.Open(folder.File("world"), 3, ClipFormat.Mp4);
        Assert.Contains("no other program", Assert.Throws<WorldException>(() => WorldDirectory.Open(folder.File("world"), 3, ClipFormat.Mp4)).Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait(Fuzz.Trait, "world.json")]
    public void Damaged_directories_are_opened_or_refused()
    {
        using var folder = new TemporaryDirectory();
        WorldDirectory.Open(folder.Path, 3, ClipFormat.Mp4).Dispose();
        var about = File.ReadAllText(folder.File("world.json"));
        var line = ClipLine.Of(ClipPlanner.Plan(5, 3), "toybox-00000005.mp4") + "\n";
        folder.Write("toybox-00000005.mp4", "a clip");
        Fuzz.Run("world.json", 300, random =>
        {
            folder.Write("world.json", random.Next(2) == 0 ? Fuzz.Damage(about, random) : System.Text.Encoding.UTF8.GetBytes(about));
            folder.Write("clips.jsonl", [.. Fuzz.Damage(line, random), .. System.Text.Encoding.UTF8.GetBytes(line)]);
            WorldDirectory.Open(folder.Path, 3, ClipFormat.Mp4).Dispose();
            Assert.InRange(File.ReadAllLines(folder.File("clips.jsonl")).Length, 0, 1);
        }, error => error is WorldException);
    }

    private static async Task<int> RenderAsync(string path, long first, int count, ClipFormat format = ClipFormat.Mp4, IProgress<int>? progress = null, CancellationToken stop = default)
    {
        using var world = WorldDirectory.Open(path, 3, format);
        return await world.RenderAsync(first, count, writer, progress, stop);
    }

    private static List<JsonNode> Lines(string path) => [.. File.ReadAllLines(Path.Combine(path, "clips.jsonl")).Select(line => JsonNode.Parse(line)!)];

    private sealed class Watch(Action<int> report) : IProgress<int>
    {
        public void Report(int value) => report(value);
    }
}
