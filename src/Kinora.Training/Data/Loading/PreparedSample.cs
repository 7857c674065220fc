using Kinora.Models.Inputs;

namespace Kinora.Training.Data.Loading;

/// <summary>A sample that is ready to be learned from. Dispose of it after use.</summary>
/// <param name="Number">The sample's number in the order of the mix.</param>
/// <param name="Sample">The record.</param>
/// <param name="Encoded">Ids and labels; of a preference pair those with the better answer.</param>
/// <param name="Rejected">Of a preference pair ids and labels with the worse answer, else null.</param>
/// <param name="Input">Its pictures as the tower wants them, or null without pictures. Only to be read: it may be kept for the next time.</param>
public record PreparedSample(long Number, TrainingSample Sample, EncodedSample Encoded, EncodedSample? Rejected, VisualInput? Input)
    : LoadedSample(Number, Sample.Source), IDisposable
{
    /// <summary>Whether the input is this sample's own, not the cache's.</summary>
    internal bool OwnsInput { get; init; }

    /// <summary>Gives the input back, unless they are kept.</summary>
    public void Dispose()
    {
        if (OwnsInput)
        {
            Input?.Dispose();
        }

        GC.SuppressFinalize(this);
    }
}
