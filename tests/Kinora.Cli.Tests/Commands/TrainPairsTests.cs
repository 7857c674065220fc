using System.Text.Json;

namespace Kinora.Cli.Tests.Commands;

public sealed class TrainPairsTests : IDisposable
{
    private readonly TemporaryDirectory folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Pairs_are_made_once_whatever_kills_it_and_train_learns_from_them()
    {
        var data = Data();
        var calm = Run(data, "calm.jsonl");
        Assert.Equal(1, calm.Exit); // one clip is broken
        Assert.Contains("gone.mp4", calm.Err, StringComparison.Ordinal);
        var pairs = File.ReadAllLines(folder.File("calm.jsonl"));
        Assert.NotEmpty(pairs);
        Assert.All(pairs, line =>
        {
            var pair = JsonDocument.Parse(line).RootElement;
            Assert.NotEqual(pair.GetProperty("text").GetString(), pair.GetProperty("rejected").GetString());
            Assert.Equal("drop", pair.GetProperty("pair").GetProperty("corruption").GetString());
            Assert.Equal(4, pair.GetProperty("pair").GetProperty("frames").GetArrayLength());
        });
        Assert.Contains($"drop {pairs.Length})", calm.Err, StringComparison.Ordinal);

        // Of a run that was killed the log ends in the middle of a row, or the file is behind it.
        File.WriteAllLines(folder.File("cut.jsonl.log"), File.ReadLines(folder.File("calm.jsonl.log")).Take(3));
        File.AppendAllText(folder.File("cut.jsonl.log"), """{"file":0,"rec""");
        var resumed = Run(data, "cut.jsonl");
        Assert.Contains("Going on after 2 of 4 records.", resumed.Err, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(folder.File("calm.jsonl")), File.ReadAllBytes(folder.File("cut.jsonl")));
        Assert.Equal(File.ReadAllBytes(folder.File("calm.jsonl.log")), File.ReadAllBytes(folder.File("cut.jsonl.log")));
        Run(data, "cut.jsonl", "--seed", "5").ExpectError(3, "--seed was 0 and is 5", "other settings");

        var recipe = folder.Write("dpo.yaml", "task: dpo\ndpo: {beta: 0.1, reference: start}\nlora: {rank: 2, alpha: 4, targets: [q_proj]}\nsteps: 1\nframes: 3\n");
        KinoraProcess.Run("train", recipe, "--model", Repository.Model, "--data", folder.File("calm.jsonl"), "--out", folder.File("run")).Expect(0);
    }

    [Fact]
    public void What_cannot_be_is_refused_before_anything_is_loaded()
    {
        var data = Data();
        KinoraProcess.Run("train", "pairs", "--data", data).ExpectError(2, "-o FILE");
        KinoraProcess.Run("train", "pairs", "--data", data, "-o", data).ExpectError(2, "would overwrite the data");
        Run(data, "x.jsonl", "--delta", "0").ExpectError(2, "--delta 0");
        KinoraProcess.Run("train", "pairs", "--data", data, "-o", folder.File("x.jsonl"), "--corruption", "blur").ExpectError(2, "blur", "swap, reversal, crop, drop");
        Run(data, "x.jsonl", "--frames", "1").ExpectError(2, "--frames 1");
        Run(folder.File("none"), "x.jsonl").ExpectError(3, "none", "can't be read");
    }

    [Fact]
    public void Without_ffmpeg_no_record_is_counted_as_broken()
    {
        Directory.CreateDirectory(folder.File("empty"));
        var arguments = new[] { "train", "pairs", "--data", Data(), "-o", folder.File("x.jsonl") };
        KinoraProcess.RunWith("", new Dictionary<string, string> { ["PATH"] = folder.File("empty") }, arguments).ExpectError(3, "ffprobe", "apt-get install ffmpeg");
        Assert.Single(File.ReadAllLines(folder.File("x.jsonl.log")));
    }

    private Outcome Run(string data, string name, params string[] more)
        => KinoraProcess.Run(["train", "pairs", "--model", Repository.Model, "--data", data, "--corruption", "drop", "--max-tokens", "60", "-o", folder.File(name), .. more]);

    private string Data()
    {
        string[] texts = ["The video shows a big yellow tree in a desert. The yellow tree shrinks.", "The video shows a small pink star on a beach. The pink star jumps.", "The video shows a small red tree in a desert. The red tree grows."];
        return folder.Write("data.jsonl", string.Concat(texts.Select((text, number) => JsonSerializer.Serialize(new { video = Repository.Clip(number), text }) + "\n")) + """{"video": "gone.mp4", "text": "Nothing."}""" + "\n");
    }
}
