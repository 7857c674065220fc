using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Kinora.Cli.Tests.Commands;

/// <summary>Ctrl-C: the program ends at once with 130, and nothing of it stays but what was finished.</summary>
public sealed partial class InterruptTests
{
    private const string Question = "How many toys are there at the start?";

    // A second is promised; a busy machine may take longer to get round to it.
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Ctrl-C; whoever starts the tests in the background of a shell has made all of them deaf to that, so then a polite kill.</summary>
    private static readonly int Signal = IgnoresCtrlC() ? 15 : 2;

    [Fact]
    public void While_decoding_no_child_and_no_file_stays()
    {
        using var folder = new TemporaryDirectory();
        using var program = KinoraProcess.Start(SlowDecoder(folder, "*"), "describe", Repository.Example(0), "-o", folder.File("out", "text.txt"));
        var child = WaitForChild(folder);
        var outcome = Interrupt(program).Expect(130);
        Assert.Empty(outcome.Out);
        Assert.Equal("Interrupted.\n", outcome.Err);
        Assert.True(SpinWait.SpinUntil(() => !IsAlive(child), Patience), "the decoder's child is still there");
        Assert.Empty(Directory.GetFiles(folder.File("out")));
    }

    [Fact]
    public void While_rendering_whole_clips_stay()
    {
        using var folder = new TemporaryDirectory();
        var world = folder.File("world");
        using var program = KinoraProcess.Start(null, "toybox", "render", "--count", "100000", "--out", world);
        Assert.True(SpinWait.SpinUntil(() => Directory.Exists(world) && Directory.GetFiles(world, "*.mp4").Length > 3, Patience), "no clip was written");
        Interrupt(program).Expect(130);
        Assert.DoesNotContain(Directory.GetFileSystemEntries(world), entry => entry.EndsWith(".part", StringComparison.Ordinal));
        Assert.All(File.ReadAllLines(Path.Combine(world, "clips.jsonl")), line =>
        {
            using var clip = JsonDocument.Parse(line);
            KinoraProcess.Run("frames", Path.Combine(world, clip.RootElement.GetProperty("video").GetString()!), "--frames", "1").Expect(0);
        });
        KinoraProcess.Run("toybox", "render", "--count", "2", "--out", world).Expect(0);
    }

    [Fact]
    public void Finished_rows_stay()
    {
        using var folder = new TemporaryDirectory();
        var file = folder.File("rows.jsonl");
        using var program = KinoraProcess.Start(SlowDecoder(folder, "*toybox-04*"), "describe", Repository.Example(0), Repository.Example(4), Repository.Example(11), "--format", "jsonl", "-o", file);
        _ = WaitForChild(folder);
        program.WaitForError(" written in "); // the next input is decoded while the first is described
        Interrupt(program).Expect(130);
        var row = JsonDocument.Parse(Assert.Single(File.ReadAllLines(file))).RootElement;
        Assert.Equal(Repository.RecordedText(0), row.GetProperty("text").GetString());
    }

    [Fact]
    public void Finished_descriptions_of_a_json_array_stay()
    {
        using var folder = new TemporaryDirectory();
        using var program = KinoraProcess.Start(SlowDecoder(folder, "*toybox-04*"), "describe", Repository.Example(0), Repository.Example(4), "--json");
        _ = WaitForChild(folder);
        program.WaitForError(" written in "); // the next input is decoded while the first is described
        using var json = JsonDocument.Parse(Interrupt(program).Expect(130).Out);
        Assert.Equal(1, json.RootElement.GetArrayLength());
    }

    [Fact]
    public void In_the_middle_of_many_inputs_every_row_is_whole()
    {
        using var folder = new TemporaryDirectory();
        var file = folder.File("rows.jsonl");
        var inputs = Enumerable.Repeat(Repository.Image("square_336x336.png"), 5000);
        using var program = KinoraProcess.Start(null, ["describe", "--format", "jsonl", "-o", file, .. inputs]);
        Assert.True(SpinWait.SpinUntil(() => File.Exists(file) && new FileInfo(file).Length > 5000, Patience), "no rows appear");
        Interrupt(program).Expect(130);
        var text = File.ReadAllText(file);
        Assert.EndsWith("}\n", text, StringComparison.Ordinal);
        var rows = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(rows, row => Assert.True(JsonDocument.Parse(row).RootElement.TryGetProperty("text", out _)));
        Assert.InRange(rows.Length, 1, 4999);
    }

    [Fact]
    public void A_chat_that_waits_for_a_question_ends()
    {
        using var program = KinoraProcess.Start(null, "chat", Repository.Example(0));
        program.Input.Write($"{Question}\n");
        program.Input.Flush();
        using var folder = new TemporaryDirectory();
        program.Input.Write($"/save {folder.File("talk.txt")}\n");
        program.Input.Flush();
        Assert.True(SpinWait.SpinUntil(() => File.Exists(folder.File("talk.txt")), Patience), "the chat doesn't answer");
        Assert.Equal(Repository.RecordedText(0, Question) + "\n", Interrupt(program).Expect(130).Out);
    }

    [Fact]
    public void Verifying_ends()
    {
        using var program = KinoraProcess.Start(null, "verify", Repository.Fixture("toybox-bootstrap"), Repository.Fixture("toybox-bootstrap"), Repository.Fixture("toybox-bootstrap"));
        Thread.Sleep(300); // in the middle of something, wherever that is
        Assert.True(Interrupt(program).Exit is 130, "verify was not interrupted");
    }

    private static Outcome Interrupt(KinoraProcess program)
    {
        var clock = Stopwatch.StartNew();
        Assert.Equal(0, Kill(program.Id, Signal));
        var outcome = program.Wait();
        Assert.True(clock.Elapsed < AtOnce, $"it took {clock.Elapsed.TotalSeconds:0.0} s to end");
        return outcome;
    }

    /// <summary>An ffmpeg that decodes for ever what matches a pattern of the shell, and has a child of its own.</summary>
    private static Dictionary<string, string> SlowDecoder(TemporaryDirectory folder, string pattern)
    {
        Directory.CreateDirectory(folder.File("out"));
        folder.Script("ffmpeg", $"case \"$*\" in {pattern}) sleep 600 & echo $! > '{folder.File("child.tmp")}'; mv '{folder.File("child.tmp")}' '{folder.File("child")}'; wait;; *) exec '{Programs.OnPath("ffmpeg")}' \"$@\";; esac");
        return new() { ["PATH"] = $"{folder.Path}:{Environment.GetEnvironmentVariable("PATH")}" };
    }

    private static int WaitForChild(TemporaryDirectory folder)
    {
        Assert.True(SpinWait.SpinUntil(() => File.Exists(folder.File("child")), Patience), "the decoder was never started");
        return int.Parse(File.ReadAllText(folder.File("child")).Trim(), CultureInfo.InvariantCulture);
    }

    /// <summary>Whether a process runs; one that has ended but was not yet collected by its parent doesn't.</summary>
    private static bool IsAlive(int process)
    {
        try
        {
            return !File.ReadAllText($"/proc/{process}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool IgnoresCtrlC()
    {
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith("SigIgn:", StringComparison.Ordinal));
        return (ulong.Parse(line.Split('\t')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture) & (1 << (2 - 1))) != 0;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
