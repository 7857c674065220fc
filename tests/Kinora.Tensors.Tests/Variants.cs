using Kinora.Tensors.Kernels;

namespace Kinora.Tensors.Tests;

/// <summary>Every instruction set that this processor runs, as theory data: each kernel test runs once per variant.</summary>
public sealed class Variants : TheoryData<InstructionSet>
{
    public Variants()
    {
        foreach (var set in TensorOperations.Supported)
        {
            Add(set);
        }
    }

    internal static KernelSet Kernels(InstructionSet set) => KernelSet.Supported.Single(kernels => kernels.InstructionSet == set);
}
