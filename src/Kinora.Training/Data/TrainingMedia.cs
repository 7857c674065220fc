namespace Kinora.Training.Data;

/// <summary>A picture, a video or a sequence of pictures that a sample is about.</summary>
/// <param name="Kind">How it is looked at.</param>
/// <param name="Paths">The file; of <see cref="TrainingMediaKind.Frames"/> one or more. Not looked at before the sample is prepared.</param>
public sealed record TrainingMedia(TrainingMediaKind Kind, IReadOnlyList<string> Paths)
{
    /// <summary>Seconds since the first frame at which the part of interest starts; null for the start. Only of videos.</summary>
    public double? Start { get; init; }

    /// <summary>Seconds since the first frame at which it ends; null for the end. Only of videos.</summary>
    public double? End { get; init; }
}
