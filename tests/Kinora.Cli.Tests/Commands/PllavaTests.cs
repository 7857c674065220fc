using System.Text.Json;

namespace Kinora.Cli.Tests.Commands;

/// <summary>A model that averages a whole video, with updates whose strength is chosen at run time: the commands with their options for it.</summary>
public sealed class PllavaTests
{
    private static string Model => Repository.Fixture("pllava-7b", "checkpoint");

    private static string Clip => Repository.Clip(4);

    [Fact]
    public void Describe_takes_strength_and_pooling_and_records_them()
    {
        var (plain, note) = Describe();
        Assert.Equal((4, "corrected", JsonValueKind.Null), (plain.GetProperty("model").GetProperty("loraAlpha").GetDouble(), plain.GetProperty("model").GetProperty("compat").GetString(), plain.GetProperty("model").GetProperty("pooling").ValueKind));
        Assert.Contains("--lora-alpha A", note, StringComparison.Ordinal);
        Assert.Equal(16, plain.GetProperty("frames").GetArrayLength());
        Assert.Equal([1, 4, 7], plain.GetProperty("frames").EnumerateArray().Take(3).Select(frame => frame.GetProperty("index").GetInt32())); // PLLaVA's choice among 47 frames
        var (small, _) = Describe("--pooling", "4x3x3", "--lora-alpha", "32");
        Assert.Equal(("4x3x3", 32), (small.GetProperty("model").GetProperty("pooling").GetString(), small.GetProperty("model").GetProperty("loraAlpha").GetDouble()));
        Assert.Equal((16 * 12 * 12) - 36, plain.GetProperty("tokens").GetProperty("prompt").GetInt32() - small.GetProperty("tokens").GetProperty("prompt").GetInt32());
        var (same, silent) = Describe("--lora-alpha", "4");
        Assert.Equal(plain.GetProperty("text").GetString(), same.GetProperty("text").GetString());
        Assert.DoesNotContain("--lora-alpha", silent, StringComparison.Ordinal);
        Assert.NotEqual(plain.GetProperty("text").GetString(), Describe("--lora-alpha", "32").Record.GetProperty("text").GetString());
        Assert.Equal(plain.GetProperty("tokens").GetProperty("prompt").GetInt32(), Describe("--frames", "3").Record.GetProperty("tokens").GetProperty("prompt").GetInt32());
        Describe("--weights", "q8_0");

        static (JsonElement Record, string Notes) Describe(params string[] more)
        {
            var outcome = KinoraProcess.Run(["describe", Clip, "--model", Model, "--max-tokens", "12", "--json", .. more]).Expect(0);
            return (JsonDocument.Parse(outcome.Out).RootElement, outcome.Err);
        }
    }

    [Fact]
    public void Pictures_and_folders_of_few_are_drawn_out_and_the_original_fails_at_them()
    {
        KinoraProcess.Run("describe", Repository.Fixture("pllava-7b", "inputs", "d0.png"), "--model", Model, "--max-tokens", "3").Expect(0);
        var refused = KinoraProcess.Run("describe", Clip, "--model", Model, "--frames-by", "at:0,1", "--compat", "original", "--lora-alpha", "4");
        refused.ExpectError(1, "exactly 16 frames", "--frames 2", "--compat");
        KinoraProcess.Run("describe", Clip, "--model", Model, "--frames", "2", "--compat", "ORIGINAL", "--lora-alpha", "4", "--max-tokens", "3", "--beams", "2").Expect(0);
    }

    [Fact]
    public void The_original_takes_letters_of_the_end_mark_off_a_description()
    {
        Assert.Equal("epow$ l$ showls", Text("corrected"));
        Assert.Equal("epow$ l$ showl", Text("original"));

        static string Text(string mode) => KinoraProcess.Run("describe", Clip, "--model", Model, "--max-tokens", "8", "--lora-alpha", "100", "--compat", mode).Expect(0).Out.Trim();
    }

    [Fact]
    public void Chat_answers_and_takes_other_frames()
    {
        var outcome = KinoraProcess.RunWith("What?\nWhy?\n/frames 3\nWhat?\n", null, "chat", Clip, "--model", Model, "--lora-alpha", "4", "--max-tokens", "4").Expect(0);
        Assert.Contains("16 frames from", outcome.Err, StringComparison.Ordinal);
        Assert.Contains("3 frames from", outcome.Err, StringComparison.Ordinal);
        Assert.NotEmpty(KinoraProcess.RunWith("Hi there\n", null, "chat", "--model", Model, "--lora-alpha", "4", "--max-tokens", "4").Expect(0).Out.Trim());
    }

    [Fact]
    public void Estimate_and_inspect_count_the_places_of_a_whole_video_and_the_updates()
    {
        using var estimate = JsonDocument.Parse(KinoraProcess.Run("estimate", Clip, "--model", Model, "--pooling", "2x2x2", "--lora-alpha", "0", "--json").Expect(0).Out);
        var run = Assert.Single(estimate.RootElement.GetProperty("runs").EnumerateArray());
        Assert.InRange(run.GetProperty("promptTokens").GetInt32(), 9, 200);
        Assert.Contains(run.GetProperty("memory").GetProperty("lines").EnumerateArray(), line => line.GetProperty("what").GetString() == "weights: adapter" && line.GetProperty("mappedBytes").GetInt64() == 4 * 65536);
        var inspected = KinoraProcess.Run("inspect", Model).Expect(0).Out;
        Assert.Matches(@"adapter +f32 +65,536", inspected);
        Assert.Contains("144 of 1280x720; 16 frames by default: 2304", inspected, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("describe CLIP --lora-alpha 4", "--lora-alpha", "leave it out")]
    [InlineData("describe CLIP --lora-alpha -1", "--lora-alpha", "'-1'")]
    [InlineData("describe CLIP --lora-alpha much", "--lora-alpha", "'much'")]
    [InlineData("describe CLIP --pooling 4x4x4", "--pooling", "'tarsier'")]
    [InlineData("describe CLIP --pooling 4x4", "--pooling", "'4x4'", "16x12x12")]
    [InlineData("chat CLIP --compat original", "--compat", "'tarsier'")]
    [InlineData("estimate CLIP --compat older", "--compat", "'older'", "corrected")]
    [InlineData("bench kernels --pooling 4x4x4", "--pooling", "bench describe")]
    [InlineData("describe CLIP --model PLLAVA --frames 5000", "5000", "4096")]
    public void Options_that_cannot_be_meant(string line, params string[] parts)
        => KinoraProcess.Run([.. line.Split(' ').Select(word => word == "CLIP" ? Clip : word == "PLLAVA" ? Model : word)]).ExpectError(2, parts);
}
