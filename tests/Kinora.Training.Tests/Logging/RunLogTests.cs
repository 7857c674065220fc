using Kinora.Training.Logging;
using Kinora.Training.Runs;

namespace Kinora.Training.Tests.Logging;

public sealed class RunLogTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    private string LogFile => directory.File("log.jsonl");

    public void Dispose() => directory.Dispose();

    [Fact]
    public void Every_event_is_one_line_of_json_that_reads_back()
    {
        LogEvent[] events =
        [
            new(LogKind.Step, 1) { Loss = 2.5, LearningRate = 1e-5, GradNorm = 3, Tokens = 100, LearnedTokens = 20, Samples = 4, TokensPerSecond = 50.5, SamplesPerSecond = 2, Seconds = 2 },
            new(LogKind.Step, 2) { Loss = double.NaN, GradNorm = double.PositiveInfinity, Margin = -1, Accuracy = 0.5 },
            new(LogKind.Broken, 2) { Source = "a.jsonl, record 3", Reason = "line\nbreak \u001b \"quoted\"" },
            new(LogKind.Saved, 2) { Source = "checkpoints/step-00000002" },
            new(LogKind.Validation, 2) { Loss = 1 },
            new(LogKind.Resumed, 2),
            new(LogKind.Stopped, 3) { Reason = "Ctrl-C" },
        ];
        using (var log = RunLog.Create(LogFile))
        {
            foreach (var entry in events)
            {
                log.Write(entry);

                // Given to the system at once: a reader sees it while the writer is still open.
                Assert.Equal(entry, RunLog.Read(LogFile)[^1]);
            }
        }

        Assert.Equal(events, RunLog.Read(LogFile));
        var lines = File.ReadAllLines(LogFile);
        Assert.Equal(events.Length, lines.Length);
        Assert.Equal("""{"kind":"step","step":1,"loss":2.5,"learning_rate":1E-05,"grad_norm":3,"tokens":100,"learned_tokens":20,"samples":4,"tokens_per_second":50.5,"samples_per_second":2,"seconds":2}""", lines[0]);
        Assert.Equal("""{"kind":"step","step":2,"loss":"NaN","grad_norm":"Infinity","margin":-1,"accuracy":0.5}""", lines[1]);
    }

    [Fact]
    public void A_resumed_log_is_that_of_an_undisturbed_run()
    {
        string whole;
        using (var log = RunLog.Create(LogFile))
        {
            Steps(log, 1, 6);
        }

        whole = File.ReadAllText(LogFile);
        var bytes = File.ReadAllBytes(LogFile);
        for (var length = 0; length <= bytes.Length; length++)
        {
            // Killed after any byte, resumed from the newest checkpoint that the log can know of.
            var path = directory.Write("cut.jsonl", bytes[..length]);
            var done = File.ReadAllText(path).Count(character => character == '\n');
            var checkpoint = done / 2 * 2;
            using (var log = RunLog.Resume(path, checkpoint))
            {
                Steps(log, checkpoint + 1, 6);
            }

            Assert.Equal(whole, File.ReadAllText(path));
        }

        Assert.False(File.Exists(directory.File("cut.jsonl.new")));

        static void Steps(RunLog log, long first, long last)
        {
            for (var step = first; step <= last; step++)
            {
                log.Write(new(LogKind.Step, step) { Loss = 1.0 / step });
            }
        }
    }

    [Fact]
    public void A_missing_log_is_begun_and_foreign_lines_are_left_out()
    {
        RunLog.Resume(LogFile, 5).Dispose();
        Assert.Empty(RunLog.Read(LogFile));
        File.WriteAllText(LogFile, "\0\0\n{}\n{\"kind\":\"other\",\"step\":1}\n{\"kind\":\"step\",\"step\":-1}\n{\"kind\":2,\"step\":1}\n[1]\nnull\n{\"kind\":\"step\",\"step\":1,\"new_key\":[1]}\n");
        Assert.Equal([new LogEvent(LogKind.Step, 1)], RunLog.Read(LogFile));
    }

    [Fact]
    public void What_cannot_be_used_is_a_typed_error()
    {
        File.WriteAllText(LogFile, "");
        Assert.Contains(LogFile, Assert.Throws<RunException>(() => RunLog.Create(LogFile)).Message, StringComparison.Ordinal);
        Assert.Throws<RunException>(() => RunLog.Read(directory.File("none")));
        Assert.Throws<RunException>(() => RunLog.Resume(directory.File("none/log"), 1));
        Assert.Contains("device", Assert.Throws<RunException>(() => RunLog.Read("/dev/full")).Message, StringComparison.Ordinal);
        using var full = new RunLog("log.jsonl", new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.None, bufferSize: 0));
        Assert.Contains("No space left", Assert.Throws<RunException>(() => full.Write(new(LogKind.Step, 1))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_without_an_end_takes_no_memory()
    {
        File.WriteAllText(LogFile, $"{{\"kind\":\"step\",\"step\":1}}\n{new string(' ', 3 << 20)}{{\"kind\":\"step\",\"step\":2}}\n\n{{\"kind\":\"step\",\"step\":3}}");
        Assert.Equal([1, 3], RunLog.Read(LogFile).Select(entry => entry.Step));
    }

    [Fact]
    [Trait(Fuzz.Trait, "training logs")]
    public void Damaged_logs_are_read_as_far_as_they_go()
    {
        var sound = "{\"kind\":\"step\",\"step\":1,\"loss\":2.5,\"tokens\":7}\n{\"kind\":\"broken\",\"step\":2,\"source\":\"a\",\"reason\":\"b\"}\n"u8.ToArray();
        var least = int.MaxValue;
        Fuzz.Run("training logs", 600, random =>
        {
            File.WriteAllBytes(LogFile, Mutation.Of(sound, random));
            var events = RunLog.Read(LogFile);
            least = Math.Min(least, events.Count);
            if (events.Count < 2)
            {
                throw new RunException(LogFile, "lost lines");
            }
        }, error => error is RunException);
        Assert.Equal(0, least);
    }
}
