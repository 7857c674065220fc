using Kinora.Models.Inputs;

namespace Kinora.Training.Data.Loading;

/// <summary>The pictures of a sample, decoded and preprocessed.</summary>
/// <param name="Input">As the tower wants them.</param>
/// <param name="Media">Their sizes.</param>
/// <param name="IsKept">Whether the cache owns them.</param>
internal sealed record PreparedPixels(VisualInput Input, IReadOnlyList<VisualShape> Media, bool IsKept = false);
