using Kinora.Tensors.Measuring;

namespace Kinora.Tensors.Tests;

public class MachineLimitsTests
{
    [Theory]
    [ClassData(typeof(Variants))]
    public void Every_instruction_set_has_limits(InstructionSet set)
    {
        using var limits = new MachineLimits(instructionSet: set, bufferBytes: 4 << 20);
        Assert.Equal(set, limits.InstructionSet);

        // No processor is slower than a million a second, and none gets to 10^16.
        Assert.InRange(limits.MultiplyAdd(), 1e6, 1e16);
        Assert.InRange(limits.Read(), 1e6, 1e16);
    }

    [Fact]
    public void The_processor_has_a_name() => Assert.False(string.IsNullOrWhiteSpace(ProcessorName.Find()));
}
