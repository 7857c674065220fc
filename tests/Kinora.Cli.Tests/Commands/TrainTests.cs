using System.Xml.Linq;

namespace Kinora.Cli.Tests.Commands;

/// <summary>What <c>train</c> shows, draws and exports.</summary>
public sealed class TrainTests(FinishedRun run) : IClassFixture<FinishedRun>
{
    [Fact]
    public void Print_shows_every_value_with_settings_applied_and_makes_nothing()
    {
        var printed = KinoraProcess.Run(run.Train(run.RecipeFile, run.File("never"), "--set", "optimizer.learning_rate=5e-5", "--set", "frames=7", "--print")).Expect(0);
        Assert.Empty(printed.Err);
        Assert.All(new[] { "learning_rate: 5e-05", "frames: 7", "rank: 2", "weight_decay:", "seed:", run.Model, run.Data }, part => Assert.Contains(part, printed.Out.Replace("5E-05", "5e-05", StringComparison.Ordinal), StringComparison.Ordinal));
        Assert.False(Directory.Exists(run.File("never")));

        // What is printed is a recipe, and says the same again.
        Assert.Equal(printed.Out, KinoraProcess.Run("train", run.Write("printed.yaml", printed.Out), "--print").Expect(0).Out);
    }

    [Theory]
    [InlineData("stepz=3", "'stepz' is no key", "steps")]
    [InlineData("steps", "expected key=value")]
    [InlineData("batch_size=0", "'batch_size' is \"0\"", "whole number")]
    public void Settings_that_cannot_be(string setting, params string[] parts) => KinoraProcess.Run(run.Train(run.RecipeFile, run.File("never"), "--set", setting)).ExpectError(3, parts);

    [Fact]
    public void Plot_draws_a_run_and_two_over_each_other()
    {
        var one = run.Copy("drawn");
        Assert.Contains("curves.svg", KinoraProcess.Run("train", "plot", one).Expect(0).Err, StringComparison.Ordinal);
        var both = run.File("both.svg");
        KinoraProcess.Run("train", "plot", one, run.File("run"), "-o", both).Expect(0);
        var (first, second) = (Lines(Path.Combine(one, "curves.svg")), Lines(both));
        Assert.InRange(first, 1, second - 1);
        KinoraProcess.Run("train", "plot", run.File("nowhere")).ExpectError(3, "log.jsonl", "name the directory of a run");

        static int Lines(string svg) => XDocument.Load(svg).Descendants().Count(element => element.Name.LocalName is "polyline" or "path");
    }

    [Fact]
    public void Export_makes_the_adapter_of_the_newest_checkpoint()
    {
        var output = run.File("exported");
        Assert.Contains("Wrote step 4", KinoraProcess.Run("train", "export", run.File("run"), "-o", output).Expect(0).Err, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(Path.Combine(run.Adapter, "adapter_model.safetensors")), File.ReadAllBytes(Path.Combine(output, "adapter", "adapter_model.safetensors")));
        KinoraProcess.Run("train", "export", run.File("run"), "-o", output).ExpectError(2, "is there already");
        KinoraProcess.Run("train", "export", run.File("run"), "--best", "-o", run.File("best")).ExpectError(2, "never validated", "leave --best out");
        KinoraProcess.Run("train", "export", run.File("run")).ExpectError(2, "-o DIR");
    }
}
