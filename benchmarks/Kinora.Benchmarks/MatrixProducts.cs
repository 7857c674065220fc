using BenchmarkDotNet.Attributes;
using Kinora.Tensors;

namespace Kinora.Benchmarks;

/// <summary>Products by format and instruction set: one row (writing) and a prompt's rows (reading).</summary>
public class MatrixProducts
{
    private TensorOperations operations = null!;
    private Tensor x = null!;
    private Tensor weight = null!;

    /// <summary>The instruction sets of this processor.</summary>
    public static IEnumerable<InstructionSet> InstructionSets => TensorOperations.Supported;

    /// <summary>Formats of the weights.</summary>
    public static IEnumerable<StorageFormat> Formats => Enum.GetValues<StorageFormat>();

    /// <summary>The instruction set.</summary>
    [ParamsSource(nameof(InstructionSets))]
    public InstructionSet Set { get; set; }

    /// <summary>The weights' format.</summary>
    [ParamsSource(nameof(Formats))]
    public StorageFormat Format { get; set; }

    /// <summary>Rows of x.</summary>
    [Params(1, 512)]
    public int Rows { get; set; }

    /// <summary>Makes the sides.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        operations = new TensorOperations(instructionSet: Set);
        x = Values.Random(Rows, 2048);
        weight = Values.Random(Format, 2048, 2048);
    }

    /// <summary>Gives memory back.</summary>
    [GlobalCleanup]
    public void End()
    {
        operations.Dispose();
        x.Dispose();
        weight.Dispose();
    }

    /// <summary>[rows, 2048] times [2048, 2048].</summary>
    [Benchmark]
    public void Linear()
    {
        using var frame = operations.Begin();
        operations.Linear(x, weight);
    }
}
