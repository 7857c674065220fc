using System.Text.Json;

namespace Kinora.Cli.Tests.Commands;

/// <summary><c>kinora estimate</c>, and runs that are refused by the same plan.</summary>
public sealed class EstimateTests
{
    [Fact]
    public void Text_shows_memory_by_part_and_seconds_by_phase()
    {
        var outcome = KinoraProcess.Run("estimate", Repository.Clip(4), "--model", Repository.Model, "--weights", "q8_0").Expect(0);
        Assert.Empty(outcome.Err);
        Assert.All(
            ["weights: tower", "weights: head", "key-value cache (f32, 182 + 512 tokens)", "activations: tower", "matrix products", "most at once while loading", "most at once", "fits", "decode", "8 frames", "at most 512 tokens", Repository.Clip(4)],
            part => Assert.Contains(part, outcome.Out, StringComparison.Ordinal));
    }

    [Fact]
    public void Json_adds_up_and_more_frames_take_more()
    {
        using var json = JsonDocument.Parse(KinoraProcess.Run("estimate", Repository.Clip(4), Repository.Image("gray.png"), "--frames", "6", "--max-tokens", "64", "--json").Expect(0).Out);
        var root = json.RootElement;
        Assert.Equal("as-stored", root.GetProperty("weights").GetString());
        Assert.True(root.GetProperty("availableBytes").GetInt64() > 0);
        var runs = root.GetProperty("runs").EnumerateArray().ToList();
        Assert.Equal([6, 1], runs.Select(run => run.GetProperty("frames").GetInt32()));
        Assert.All(runs, run =>
        {
            var (memory, seconds) = (run.GetProperty("memory"), run.GetProperty("seconds"));
            Assert.Equal(memory.GetProperty("mappedBytes").GetInt64(), memory.GetProperty("lines").EnumerateArray().Sum(line => line.GetProperty("mappedBytes").GetInt64()));
            Assert.True(memory.GetProperty("fits").GetBoolean());
            Assert.Equal(64, run.GetProperty("maxTokens").GetInt32());
            var phases = new[] { "decode", "encode", "read", "write" }.Select(phase => seconds.GetProperty(phase).GetDouble()).ToList();
            Assert.All(phases, phase => Assert.True(phase > 0));
            Assert.Equal(phases.Sum(), seconds.GetProperty("total").GetDouble(), 1e-9);
        });
        Assert.True(Peak(runs[0]) > Peak(runs[1]));

        static long Peak(JsonElement run) => run.GetProperty("memory").GetProperty("peakBytes").GetInt64();
    }

    [Fact]
    public void A_rounded_cache_takes_less()
    {
        var bytes = new[] { "f32", "f16", "q8_0" }.Select(format =>
        {
            using var json = JsonDocument.Parse(KinoraProcess.Run("estimate", "--kv-cache", format, "--json").Expect(0).Out);
            var memory = json.RootElement.GetProperty("runs")[0].GetProperty("memory");
            Assert.Equal(format, memory.GetProperty("cacheFormat").GetString());
            return memory.GetProperty("lines").EnumerateArray().Single(line => line.GetProperty("what").GetString()!.Contains("key-value", StringComparison.Ordinal)).GetProperty("bytes").GetInt64();
        }).ToArray();
        Assert.Equal((2 * bytes[1], 34 * bytes[0]), (bytes[0], 128 * bytes[2]));
    }

    [Fact]
    public void Without_an_input_only_frames_count()
    {
        using var json = JsonDocument.Parse(KinoraProcess.Run("estimate", "--frames", "3", "--json").Expect(0).Out);
        var run = Assert.Single(json.RootElement.GetProperty("runs").EnumerateArray());
        Assert.Equal((3, JsonValueKind.Null, JsonValueKind.Null), (run.GetProperty("frames").GetInt32(), run.GetProperty("input").ValueKind, run.GetProperty("seconds").GetProperty("decode").ValueKind));
    }

    [Fact]
    public void An_input_that_is_not_there_fails_alone()
    {
        var outcome = KinoraProcess.Run("estimate", "/nowhere.mp4", Repository.Clip(0), "--json").Expect(1);
        Assert.Contains("/nowhere.mp4", outcome.ErrorLine, StringComparison.Ordinal);
        Assert.Contains(Repository.Clip(0), outcome.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--max-tokens", "0", "--max-tokens")]
    [InlineData("--frames", "0", "--frames")]
    [InlineData("--weights", "q5", "q4_0")]
    public void Values_that_can_not_be_are_usage_errors(string option, string value, string part)
        => KinoraProcess.Run("estimate", option, value).ExpectError(2, part);

    [Theory]
    [InlineData("describe")]
    [InlineData("chat")]
    public void A_run_that_can_not_fit_is_refused_before_anything_is_loaded(string command)
    {
        // More than a terabyte for what the beams write: no machine has that.
        var outcome = KinoraProcess.Run(command, Repository.Clip(0), "--model", Repository.Model, "--beams", "1024", "--max-tokens", "100000");
        outcome.ExpectError(3, "8 frames", "--max-tokens 100000", "beams", "key-value cache", "can be had", "it would fit with", "--beams 1");
        Assert.Empty(outcome.Out);
    }

    [Fact]
    public void The_same_run_fits_where_nothing_is_limited() => Assert.Contains("fits", KinoraProcess.Run("estimate", "--frames", "40").Expect(0).Out, StringComparison.Ordinal);
}
