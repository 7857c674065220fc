using Kinora.Tensors;
using Kinora.Training.Data;
using Kinora.Training.Preferences;
using Kinora.Training.Runs;

namespace Kinora.Training.Tests.Preferences;

public sealed class PairFileTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    private static Dictionary<string, string> Settings(string seed = "0") => new() { ["--seed"] = seed };

    private string Pairs => directory.File("pairs.jsonl");

    public void Dispose() => directory.Dispose();

    [Fact]
    public void A_file_cut_off_anywhere_is_brought_up_to_its_log()
    {
        Write(4);
        var whole = File.ReadAllBytes(Pairs);
        for (var length = 0; length < whole.Length; length += 37)
        {
            File.WriteAllBytes(Pairs, whole[..length]);
            PairFile.Open(Pairs, Settings()).Dispose();
            Assert.Equal(whole, File.ReadAllBytes(Pairs));
        }
    }

    [Fact]
    public void A_log_cut_off_in_its_last_row_forgets_that_row_only()
    {
        Write(4);
        var log = File.ReadAllBytes(PairFile.LogOf(Pairs));
        var lines = File.ReadAllLines(Pairs);

        // The row stands in the log before the pair stands in the file.
        File.WriteAllBytes(PairFile.LogOf(Pairs), log[..^5]);
        File.WriteAllLines(Pairs, lines[..^1]);
        using (var file = PairFile.Open(Pairs, Settings()))
        {
            Assert.Equal(3, file.Decided);
            Assert.False(file.Has(0, 3));
            file.Add(Row(3));
        }

        Assert.Equal(lines, File.ReadAllLines(Pairs));
        Assert.Equal(log, File.ReadAllBytes(PairFile.LogOf(Pairs)));
    }

    [Fact]
    public void Verdicts_are_counted_and_only_pairs_that_are_kept_stand_in_the_file()
    {
        using (var file = PairFile.Open(Pairs, Settings()))
        {
            file.Add(Row(0));
            file.Add(Row(1, recall: 0.1));
            file.Add(new PairRow(0, 2, PairVerdict.Broken) { Reason = "no such file" });
        }

        using var again = PairFile.Open(Pairs, Settings());
        Assert.Equal([1, 1, 1], new[] { PairVerdict.Kept, PairVerdict.Dropped, PairVerdict.Broken }.Select(again.Count));
        Assert.Equal(1, again.Kept(FrameCorruptionKind.Crop));
        Assert.Equal(0, again.Kept(FrameCorruptionKind.Reversal));
        Assert.Single(File.ReadAllLines(Pairs));
    }

    [Fact]
    public void A_pair_is_a_record_for_preference_tuning()
    {
        Write(1);
        using var data = TrainingFile.Open(Pairs);
        var sample = data.Read(0);
        Assert.Equal(DataFormat.Jsonl, data.Format);
        Assert.Equal(("a.mp4", 1.5, "What?", "good", "bad"), (sample.Media[0].Paths[0].Split('/')[^1], sample.Media[0].Start, sample.Turns[0].Question, sample.Turns[0].Answer, sample.Rejected));
    }

    [Fact]
    public void Other_settings_stop_it_and_name_what_differs()
    {
        Write(2);
        var before = File.ReadAllBytes(Pairs);
        Assert.Contains("--seed was 0 and is 7", Assert.Throws<RunException>(() => PairFile.Open(Pairs, Settings("7"))).Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(Pairs));
    }

    [Fact]
    public void A_file_that_somebody_changed_is_not_touched()
    {
        Write(2);
        File.WriteAllText(Pairs, "mine\n");
        Assert.Contains("isn't what", Assert.Throws<RunException>(() => PairFile.Open(Pairs, Settings())).Message, StringComparison.Ordinal);
        Assert.Equal("mine\n", File.ReadAllText(Pairs));
        File.Delete(PairFile.LogOf(Pairs));
        Assert.Contains("without the log", Assert.Throws<RunException>(() => PairFile.Open(Pairs, Settings())).Message, StringComparison.Ordinal);
        Assert.Equal("mine\n", File.ReadAllText(Pairs));
    }

    [Fact]
    public void A_second_process_waits_outside()
    {
        using var first = PairFile.Open(Pairs, Settings());
        Assert.Contains("another process", Assert.Throws<RunException>(() => PairFile.Open(Pairs, Settings())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_log_is_an_error_that_names_its_line_and_loses_nothing()
    {
        Write(3);
        var log = File.ReadAllBytes(PairFile.LogOf(Pairs));
        var random = new CounterRandom(1);
        for (var trial = 0; trial < 300; trial++)
        {
            var damaged = (byte[])log.Clone();
            damaged[random.Below(damaged.Length)] = (byte)random.Below(256);
            File.WriteAllBytes(PairFile.LogOf(Pairs), damaged);
            try
            {
                PairFile.Open(Pairs, Settings()).Dispose();
            }
            catch (RunException error)
            {
                Assert.DoesNotContain('\n', error.Message);
                Assert.Equal(damaged, File.ReadAllBytes(PairFile.LogOf(Pairs)));
            }

            Assert.Equal(3, File.ReadAllLines(Pairs).Length);
        }
    }

    private static PairRow Row(int record, double recall = 0.9)
    {
        var sample = new TrainingSample(new SampleSource("data.jsonl", record, record + 1), [new TrainingMedia(TrainingMediaKind.Video, ["/clips/a.mp4"]) { Start = 1.5 }], [new TrainingTurn("What?", "Human.")]);
        var pair = new PreferencePair("good", "bad", FrameCorruptionKind.Crop, [0, 0, 1], 1, 2, 3, new(recall, 0.8), new(0.2, 0.3), IsCut: false);
        return PairRow.Of((0, record), sample, pair, 0.3, "words");
    }

    private void Write(int rows)
    {
        using var file = PairFile.Open(Pairs, Settings());
        for (var record = 0; record < rows; record++)
        {
            file.Add(Row(record));
        }
    }
}
