using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Kinora.Cli.Tests.Commands;

/// <summary>Runs that were stopped, killed or spoiled: they go on as if nothing had been, or say why not, and nothing that was saved is lost.</summary>
public sealed partial class TrainResumeTests(FinishedRun run) : IClassFixture<FinishedRun>
{
    private const int Terminate = 15;

    private static string Weights(string directory) => Path.Combine(directory, "adapter", "adapter_model.safetensors");

    [Fact]
    public void A_checkpoint_cut_off_is_passed_over_and_the_end_is_the_same()
    {
        var copy = run.Copy("cut");
        FinishedRun.CutOff(Path.Combine(copy, "checkpoints", "step-00000004", "state.safetensors"), 1000);
        File.Delete(Weights(copy));
        var outcome = KinoraProcess.Run("train", "resume", copy).Expect(0);
        Assert.Contains("step-00000004 is damaged and passed over", outcome.Err, StringComparison.Ordinal);
        Assert.Contains("Going on after step 2 of 4", outcome.Err, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(Weights(run.File("run"))), File.ReadAllBytes(Weights(copy)));
    }

    [Fact]
    public void All_checkpoints_cut_off_stop_it_and_nothing_is_touched()
    {
        var copy = run.Copy("allcut");
        foreach (var checkpoint in Directory.GetDirectories(Path.Combine(copy, "checkpoints")))
        {
            FinishedRun.CutOff(Path.Combine(checkpoint, "state.safetensors"), 1000);
        }

        var before = FinishedRun.Contents(copy);
        var outcome = KinoraProcess.Run("train", "resume", copy).Expect(3);
        Assert.Contains("kinora: " + copy, outcome.Err, StringComparison.Ordinal);
        Assert.Contains("none of its 2 checkpoints is whole", outcome.Err, StringComparison.Ordinal);
        Assert.Equal(before, FinishedRun.Contents(copy));
        KinoraProcess.Run("train", "export", copy, "-o", run.File("none")).Expect(3);
    }

    [Fact]
    public void Another_recipe_stops_it_and_says_what_differs()
    {
        var other = run.Write("other.yaml", FinishedRun.Recipe.Replace("rank: 2", "rank: 3", StringComparison.Ordinal));
        KinoraProcess.Run("train", "resume", run.File("run"), "--recipe", other).ExpectError(2, "another recipe", "lora.rank: 2 -> 3");
        KinoraProcess.Run("train", "resume", run.Copy("same"), "--recipe", run.RecipeFile).Expect(0);
    }

    [Fact]
    public void Data_or_model_that_changed_since_stop_it()
    {
        var copy = run.Copy("changed");
        var (data, weights) = (File.ReadAllText(run.Data), Path.Combine(run.Model, "model.safetensors"));
        var bytes = File.ReadAllBytes(weights);
        try
        {
            File.WriteAllText(run.Data, data.Replace("Text 1.", "Text 9.", StringComparison.Ordinal));
            KinoraProcess.Run("train", "resume", copy).ExpectError(3, run.Data, "was changed since", "put back");
            File.WriteAllText(run.Data, data);
            File.WriteAllBytes(weights, [.. bytes[..^1], (byte)(bytes[^1] ^ 1)]);
            KinoraProcess.Run("train", "resume", copy).ExpectError(3, weights, "was changed since");
            Directory.Move(run.Model, run.Model + ".away");
            KinoraProcess.Run("train", "resume", copy).ExpectError(3, run.Model, "does not exist");
            Directory.Move(run.Model + ".away", run.Model);
        }
        finally
        {
            File.WriteAllText(run.Data, data);
            File.WriteAllBytes(weights, bytes);
        }

        KinoraProcess.Run("train", "resume", copy).Expect(0);
    }

    [Fact]
    public void A_full_disk_costs_no_checkpoint_and_the_run_goes_on_with_room()
    {
        // A limit on the size of files stands for the disk: the state is larger, all else smaller.
        var directory = run.File("full");
        using (var limited = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "trap '' XFSZ; ulimit -f 60; exec \"$@\"", "sh", Programs.Dotnet, Programs.Kinora, .. run.Train(run.RecipeFile, directory)])
        {
            RedirectStandardError = true,
            Environment = { ["DOTNET_EnableWriteXorExecute"] = "0" },
        })!)
        {
            var errors = limited.StandardError.ReadToEnd();
            limited.WaitForExit();
            Assert.Contains("step-00000002: can't be written", errors, StringComparison.Ordinal);
            Assert.Contains("what was saved before is untouched; make room", errors, StringComparison.Ordinal);
            Assert.Equal(3, limited.ExitCode);
        }

        Assert.Empty(Directory.GetDirectories(Path.Combine(directory, "checkpoints")));
        KinoraProcess.Run("train", "resume", directory).Expect(0);
        Assert.Equal(File.ReadAllBytes(Weights(run.File("run"))), File.ReadAllBytes(Weights(directory)));
    }

    [Fact]
    public void A_polite_kill_saves_another_process_waits_and_a_second_kill_ends_at_once()
    {
        var directory = run.File("long");
        using (var first = KinoraProcess.Start(null, run.Train(run.RecipeFile, directory, "--set", "steps=100000", "--set", "save.every_steps=100000")))
        {
            var log = Path.Combine(directory, "log.jsonl");
            Assert.True(SpinWait.SpinUntil(() => File.Exists(log) && new FileInfo(log).Length > 0, TimeSpan.FromSeconds(60)), "no step was done");
            KinoraProcess.Run("train", "resume", directory).ExpectError(3, "is in use by another process");
            Assert.Equal(0, Kill(first.Id, Terminate));
            var outcome = first.Wait().Expect(130);
            Assert.Contains($"Go on with: kinora train resume {directory}", outcome.Err, StringComparison.Ordinal);
            Assert.Single(Directory.GetDirectories(Path.Combine(directory, "checkpoints")));
        }

        using var second = KinoraProcess.Start(null, "train", "resume", directory);
        second.WaitForError("Going on after step");
        Assert.Equal(0, Kill(second.Id, Terminate));
        Assert.Equal(0, Kill(second.Id, Terminate));
        Assert.Equal(130, second.Wait().Exit);
        Assert.NotEmpty(Directory.GetDirectories(Path.Combine(directory, "checkpoints"), "step-*"));
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
