using System.Text.Json;

namespace Kinora.Cli.Tests.Commands;

/// <summary><c>kinora bench</c>; the parts that take long are tested in their own project, piece by piece.</summary>
public sealed class BenchTests
{
    [Fact]
    public void Json_describes_the_machine_and_the_description()
    {
        using var json = JsonDocument.Parse(KinoraProcess.Run("bench", "describe", "--model", Repository.Model, "--json").Expect(0).Out);
        var root = json.RootElement;
        Assert.NotEmpty(root.GetProperty("processor").GetString()!);
        Assert.Equal(Environment.ProcessorCount, root.GetProperty("threads").GetInt32());
        Assert.True(root.GetProperty("multiplyAddGflops").GetProperty("median").GetDouble() > 0);
        Assert.True(root.GetProperty("readGbs").GetProperty("median").GetDouble() > 0);
        Assert.True(root.GetProperty("multiplyAddGflopsBySet").GetProperty(root.GetProperty("instructionSet").GetString()!).GetDouble() > 0);
        Assert.Empty(root.GetProperty("results").EnumerateArray());
        var described = root.GetProperty("describe");
        Assert.Equal((8, 182), (described.GetProperty("frames").GetInt32(), described.GetProperty("tokensRead").GetInt32()));
        Assert.All(["decode", "encode", "read", "generate"], phase => Assert.True(described.GetProperty("phases").GetProperty(phase).GetDouble() > 0));
    }

    [Fact]
    public void Text_shows_limits_and_phases()
    {
        var outcome = KinoraProcess.Run("bench", "describe").Expect(0);
        Assert.All(["processor", "instruction set", "threads", "toybox-04.mp4 with toybox", "tokens/s", "Limits over this run", "GB/s read"], part => Assert.Contains(part, outcome.Out, StringComparison.Ordinal));
    }

    [Fact]
    public void An_unknown_part_is_a_usage_error() => KinoraProcess.Run("bench", "gpu").ExpectError(2, "gpu", "kernels", "vision", "language", "describe");
}
