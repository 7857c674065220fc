using Kinora.Tensors;

namespace Kinora.Training.Data.Loading;

/// <summary>A sample that is ready to be learned from. Dispose of it after use.</summary>
/// <param name="Number">The sample's number in the order of the mix.</param>
/// <param name="Sample">The record.</param>
/// <param name="Encoded">Ids and labels; of a preference pair those with the better answer.</param>
/// <param name="Rejected">Of a preference pair ids and labels with the worse answer, else null.</param>
/// <param name="Pixels">Its pictures as the tower wants them, [pictures, 3, side, side], or null without pictures. Only to be read: it may be kept for the next time.</param>
public record PreparedSample(long Number, TrainingSample Sample, EncodedSample Encoded, EncodedSample? Rejected, Tensor? Pixels)
    : LoadedSample(Number, Sample.Source), IDisposable
{
    /// <summary>Whether the pixels are this sample's own, not the cache's.</summary>
    internal bool OwnsPixels { get; init; }

    /// <summary>Gives the pixels back, unless they are kept.</summary>
    public void Dispose()
    {
        if (OwnsPixels)
        {
            Pixels?.Dispose();
        }

        GC.SuppressFinalize(this);
    }
}
