using Kinora.Tensors;

namespace Kinora.Models.Inputs;

/// <summary>Pictures as they stand in the decoder's sequence.</summary>
/// <param name="Rows">[tokens, hidden]. Owned.</param>
/// <param name="Layout">How they are laid out.</param>
public sealed record VisualEmbeddings(Tensor Rows, VisualLayout Layout) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Rows.Dispose();
}
