using BenchmarkDotNet.Attributes;
using Kinora.Tensors;

namespace Kinora.Benchmarks;

/// <summary>Norms and activations by instruction set, on a chunk of 512 tokens.</summary>
public class RowByRow
{
    private TensorOperations operations = null!;
    private Tensor x = null!;
    private Tensor weight = null!;
    private Tensor gate = null!;
    private Tensor up = null!;

    /// <summary>The instruction sets of this processor.</summary>
    public static IEnumerable<InstructionSet> InstructionSets => TensorOperations.Supported;

    /// <summary>The instruction set.</summary>
    [ParamsSource(nameof(InstructionSets))]
    public InstructionSet Set { get; set; }

    /// <summary>Makes the tensors.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        operations = new TensorOperations(instructionSet: Set);
        (x, weight) = (Values.Random(512, 2048), Values.Random(1, 2048));
        (gate, up) = (Values.Random(512, 8192), Values.Random(512, 8192));
    }

    /// <summary>Gives memory back.</summary>
    [GlobalCleanup]
    public void End()
    {
        operations.Dispose();
        foreach (var tensor in new[] { x, weight, gate, up })
        {
            tensor.Dispose();
        }
    }

    /// <summary>Of Llama.</summary>
    [Benchmark]
    public void RmsNorm()
    {
        using var frame = operations.Begin();
        operations.RmsNorm(x, weight, 1e-5f);
    }

    /// <summary>Of CLIP.</summary>
    [Benchmark]
    public void LayerNorm()
    {
        using var frame = operations.Begin();
        operations.LayerNorm(x, weight, weight, 1e-5f);
    }

    /// <summary>Of Llama's gated MLP.</summary>
    [Benchmark]
    public void SiluGate() => operations.SiluGate(gate, up);
}
