namespace Kinora.Training.Data.Loading;

/// <summary>What a sample came to: <see cref="PreparedSample"/> or <see cref="BrokenSample"/>.</summary>
/// <param name="Number">The sample's number in the order of the mix.</param>
/// <param name="Source">Where it came from.</param>
public abstract record LoadedSample(long Number, SampleSource Source);
