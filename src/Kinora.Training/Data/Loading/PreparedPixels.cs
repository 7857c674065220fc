using Kinora.Tensors;

namespace Kinora.Training.Data.Loading;

/// <summary>The pictures of a sample, decoded and preprocessed.</summary>
/// <param name="Pixels">[pictures, 3, side, side].</param>
/// <param name="IsVideo">Whether they are frames of a video.</param>
/// <param name="IsKept">Whether the cache owns them.</param>
internal sealed record PreparedPixels(Tensor Pixels, bool IsVideo, bool IsKept = false);
