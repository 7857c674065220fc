using Kinora.Media;
using Kinora.Tensors.Planning;

namespace Kinora.Models.Planning;

/// <summary>Seconds that a description will take by phase, once the model is loaded.</summary>
/// <param name="Decode">Decoding frames; null if no input is known. A rule of thumb: it depends on the codec and on where key frames lie.</param>
/// <param name="Encode">Tower and connector.</param>
/// <param name="Read">Reading frames and question.</param>
/// <param name="Write">Writing all tokens that may be written; most answers end earlier.</param>
public sealed record TimeEstimate(double? Decode, double Encode, double Read, double Write)
{
    // H.264 of 1280x720 with ffmpeg 5.1, one thread of a Zen 5 server.
    private const double PixelsPerSecondAndProcessor = 250e6;

    /// <summary>All phases.</summary>
    public double Total => (Decode ?? 0) + Encode + Read + Write;

    /// <summary>Estimates from a plan.</summary>
    /// <param name="plan">What is computed.</param>
    /// <param name="probe">This machine's speed.</param>
    /// <param name="decode">What <see cref="DecodeSeconds"/> says, or null.</param>
    public static TimeEstimate Of(SessionPlan plan, SpeedProbe probe, double? decode)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(probe);
        return new(decode, Seconds(plan.Encode), Seconds(plan.Read), plan.NewTokens * Seconds(plan.Write));

        double Seconds(ComputeNeeds needs) => probe.Seconds(needs);
    }

    /// <summary>A rule of thumb: every frame is decoded once, after as many process starts as probing and decoding take.</summary>
    /// <param name="media">What the header says.</param>
    /// <param name="frames">Frames that are kept.</param>
    /// <param name="probeSeconds">How long reading the header took.</param>
    public static double DecodeSeconds(MediaInfo media, int frames, double probeSeconds)
    {
        ArgumentNullException.ThrowIfNull(media);
        var decoded = media.Kind is MediaKind.Video or MediaKind.Animation && media.Duration is { } duration ? Math.Max(frames, duration * media.AverageRate.Value) : frames;
        return (2 * probeSeconds) + (decoded * media.Width * media.Height / (PixelsPerSecondAndProcessor * Environment.ProcessorCount));
    }
}
