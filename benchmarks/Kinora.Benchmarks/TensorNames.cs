using Kinora.Models.Checkpoints;
using Kinora.Tensors;

namespace Kinora.Benchmarks;

/// <summary>Writes down which tensors a model takes, so that a checkpoint can be made up that has them.</summary>
internal sealed class TensorNames : ITensorSource
{
    public List<(string Name, int[] Shape)> Taken { get; } = [];

    public bool Contains(string name) => true;

    public Tensor Take(string name, params int[] shape)
    {
        Taken.Add((name, shape));
        return Tensor.WithoutMemory(new Shape(shape), StorageFormat.BF16);
    }

    public void PutAside(string name)
    {
    }
}
