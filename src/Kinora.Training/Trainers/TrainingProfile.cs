using System.Diagnostics;

namespace Kinora.Training.Trainers;

/// <summary>Seconds by part.</summary>
public sealed class TrainingProfile
{
    private readonly long[] ticks = new long[Enum.GetValues<TrainingPart>().Length];

    /// <summary>Seconds that a part took.</summary>
    public double Seconds(TrainingPart part) => Stopwatch.GetElapsedTime(0, ticks[(int)part]).TotalSeconds;

    /// <summary>Counts the time from now until the result is disposed.</summary>
    internal Span Time(TrainingPart part) => new(this, part);

    internal readonly struct Span(TrainingProfile profile, TrainingPart part) : IDisposable
    {
        private readonly long start = Stopwatch.GetTimestamp();

        public void Dispose() => profile.ticks[(int)part] += Stopwatch.GetTimestamp() - start;
    }
}
