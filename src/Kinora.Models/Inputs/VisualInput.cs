using Kinora.Tensors;

namespace Kinora.Models.Inputs;

/// <summary>Pictures as a model's tower wants them.</summary>
/// <param name="Pixels">What a row of the first axis is depends on the family: a picture [3, side, side], or the values of a patch. Owned.</param>
/// <param name="Layout">How they are laid out.</param>
public sealed record VisualInput(Tensor Pixels, VisualLayout Layout) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Pixels.Dispose();
}
