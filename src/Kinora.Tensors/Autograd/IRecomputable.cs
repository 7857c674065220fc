namespace Kinora.Tensors.Autograd;

/// <summary>A part of a model that can be computed a second time on the way back, so that nothing but its input has to be kept.</summary>
public interface IRecomputable
{
    /// <summary>Runs the part.</summary>
    /// <param name="operations">What to compute with.</param>
    /// <param name="x">[rows, width]; may be changed in place.</param>
    /// <param name="sequences">How the rows divide.</param>
    /// <returns>[rows, width]: <paramref name="x"/> itself or a new tensor.</returns>
    Tensor Forward(TensorOperations operations, Tensor x, Sequences sequences);
}
