using System.Text.Json.Nodes;
using Kinora.Models.Verification;
using Kinora.Training.Verification;

namespace Kinora.Training.Tests.Verification;

public sealed class GoldenTrainingTests
{
    private static readonly Lazy<VerificationReport> Report = new(() => TrainingVerifier.Run(Fixture.At("training")));

    [Theory]
    [InlineData("ops", 262)]
    [InlineData("optimizer", 25)]
    [InlineData("schedules", 11)]
    [InlineData("sft", 600)]
    [InlineData("lora", 90)]
    [InlineData("dpo", 290)]
    [InlineData("labels", 8)]
    public void Every_part_agrees_with_the_reference(string part, int atLeast)
    {
        Assert.True(TrainingVerifier.Matches(Fixture.At("training")));
        var report = Assert.Single(Report.Value.Cases, entry => entry.Name == part);
        Assert.Null(report.Failure);
        Assert.Empty(report.NotCompared);
        Assert.All(report.Comparisons, comparison => Assert.True(comparison.Passed, $"{comparison.Tensor}: {comparison.Error} > {comparison.Limit} {comparison.Note}"));
        Assert.True(report.Compared >= atLeast, $"{report.Compared} compared");
    }

    [Fact]
    public void A_wrong_number_a_missing_part_and_paths_elsewhere_are_told()
    {
        using var directory = new TemporaryDirectory();
        Directory.CreateDirectory(directory.Path);
        foreach (var name in new[] { "ops.json", "ops.safetensors", "schedules.json" })
        {
            File.Copy(Fixture.At("training", name), Path.Combine(directory.Path, name));
        }

        var ops = JsonNode.Parse(File.ReadAllText(Fixture.At("training", "ops.json")))!;
        ops["operations"]!.AsArray().First(entry => entry!["name"]!.GetValue<string>() == "rms_norm")!["attributes"]!["eps"] = 0.1;
        File.WriteAllText(Path.Combine(directory.Path, "ops.json"), ops.ToJsonString());
        File.WriteAllText(Path.Combine(directory.Path, "golden.json"), """
            {"family": "training", "cases": [{"name": "ops", "manifest": "ops.json", "tensors": "ops.safetensors"}, {"name": "sft", "manifest": "../x.json"}, {"name": "magic", "manifest": "ops.json"}]}
            """);
        var report = TrainingVerifier.Run(directory.Path);
        Assert.False(report.Passed);
        var wrong = report.Cases[0].Comparisons.Where(comparison => !comparison.Passed).Select(comparison => comparison.Tensor).ToList();
        Assert.Contains("rms_norm/y", wrong);
        Assert.All(wrong, name => Assert.StartsWith("rms_norm/", name));
        Assert.Contains("leads out", report.Cases[1].Failure);
        Assert.Contains("magic", report.Cases[2].Failure);
    }
}
