using Kinora.Tensors.Autograd;

namespace Kinora.Tensors.Tests.Autograd;

/// <summary>A block with all that a real one has: norm, attention, dropout, a residual stream that is added to in place.</summary>
internal sealed class TwoLayerBlock : IRecomputable, IDisposable
{
    private const int Width = 12;
    private readonly Tensor[] parameters;

    public TwoLayerBlock(Random random)
    {
        parameters = [Numbers.Random(random, Width), .. Enumerable.Range(0, 4).Select(_ => Numbers.Random(random, Width, Width))];
        foreach (var parameter in parameters)
        {
            // Small enough for a few blocks to keep the stream's size.
            foreach (ref var value in parameter.AsSpan())
            {
                value *= 0.3f;
            }

            parameter.Learn(Tensor.Allocate(parameter.Shape));
        }
    }

    public IEnumerable<float[]> Gradients => parameters.Select(parameter => parameter.Gradient!.AsSpan().ToArray());

    public Tensor Forward(TensorOperations operations, Tensor x, Sequences sequences)
    {
        using var frame = operations.Begin();
        var normal = operations.RmsNorm(x, parameters[0], 1e-5f);
        var attended = operations.Attention(operations.Linear(normal, parameters[1]), operations.Linear(normal, parameters[2]), normal, 3, 3, sequences, causal: true);
        x = operations.Add(x, operations.Dropout(operations.Linear(attended, parameters[3]), 0.25f));
        return operations.Add(x, operations.Linear(x, parameters[4], null, Activation.Silu));
    }

    public void Dispose() => Array.ForEach(parameters, parameter => parameter.Dispose());
}
