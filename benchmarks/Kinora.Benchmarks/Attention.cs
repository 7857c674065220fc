using BenchmarkDotNet.Attributes;
using Kinora.Tensors;

namespace Kinora.Benchmarks;

/// <summary>Attention by instruction set: a tower's frame, a prompt's chunk, one written token.</summary>
public class Attention
{
    private const int Length = 2048;

    private TensorOperations operations = null!;
    private Tensor patches = null!;
    private Tensor keys = null!;
    private Tensor values = null!;
    private Tensor chunk = null!;
    private Tensor token = null!;

    /// <summary>The instruction sets of this processor.</summary>
    public static IEnumerable<InstructionSet> InstructionSets => TensorOperations.Supported;

    /// <summary>The instruction set.</summary>
    [ParamsSource(nameof(InstructionSets))]
    public InstructionSet Set { get; set; }

    /// <summary>How keys and values are kept.</summary>
    [Params(StorageFormat.F32, StorageFormat.F16)]
    public StorageFormat Cache { get; set; }

    /// <summary>Makes queries, keys and values.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        operations = new TensorOperations(instructionSet: Set);
        patches = Values.Random(577, 1024);
        (keys, values) = (Values.Random(Cache, 8, Length, 64), Values.Random(Cache, 8, Length, 64));
        (chunk, token) = (Values.Random(512, 2048), Values.Random(1, 2048));
    }

    /// <summary>Gives memory back.</summary>
    [GlobalCleanup]
    public void End()
    {
        operations.Dispose();
        foreach (var tensor in new[] { patches, keys, values, chunk, token })
        {
            tensor.Dispose();
        }
    }

    /// <summary>577 patches, 16 heads.</summary>
    [Benchmark]
    public void Tower()
    {
        using var frame = operations.Begin();
        operations.Attention(patches, patches, patches, 16, 16, Sequences.Equal(1, patches.Shape.Rows));
    }

    /// <summary>512 tokens at the end of 2048, 32 heads on 8.</summary>
    [Benchmark]
    public void Reading()
    {
        using var frame = operations.Begin();
        operations.CachedAttention(chunk, keys, values, Length);
    }

    /// <summary>One token behind 2047, 32 heads on 8.</summary>
    [Benchmark]
    public void Writing()
    {
        using var frame = operations.Begin();
        operations.CachedAttention(token, keys, values, Length);
    }
}
