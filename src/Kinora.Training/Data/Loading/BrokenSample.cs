namespace Kinora.Training.Data.Loading;

/// <summary>A sample that can't be learned from.</summary>
/// <param name="Number">The sample's number in the order of the mix.</param>
/// <param name="Source">Where it came from.</param>
/// <param name="Reason">One line that names the file and what is wrong with it.</param>
public sealed record BrokenSample(long Number, SampleSource Source, string Reason) : LoadedSample(Number, Source);
