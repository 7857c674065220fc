namespace Kinora.Models.Checkpoints.Torch;

/// <summary>A tensor as the pickle describes it.</summary>
/// <param name="Storage">Where its numbers are.</param>
/// <param name="First">The first of them.</param>
/// <param name="Shape">Extents, outermost first.</param>
/// <param name="Strides">Steps from one entry to the next along each axis, in numbers.</param>
internal sealed record TorchTensor(TorchStorage Storage, long First, long[] Shape, long[] Strides);
