namespace Kinora.Training.Data.Loading;

/// <summary>Gives samples in an order that follows from the seed alone, each prepared in the background while earlier ones are learned from. For one caller at a time.</summary>
public interface ISampleSource : IAsyncDisposable
{
    /// <summary>The number of the sample that <see cref="TakeAsync"/> gives next.</summary>
    long NextNumber { get; }

    /// <summary>Gives the next sample, which is the caller's from then on.</summary>
    /// <param name="cancellation">Ends the waiting; the same sample comes at the next call.</param>
    /// <exception cref="OperationCanceledException">The waiting was cancelled.</exception>
    Task<LoadedSample> TakeAsync(CancellationToken cancellation = default);
}
