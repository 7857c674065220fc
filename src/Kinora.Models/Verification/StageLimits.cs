using Kinora.Models.Weights;

namespace Kinora.Models.Verification;

/// <summary>The largest errors that pass, by the weights in use.</summary>
internal sealed record StageLimits(double Stage, bool Rounded)
{
    /// <summary>
    /// As stored, a stage that is fed with the stored input is at float32 noise: 2e-5. Rounded weights move every result; the limits are
    /// then what each format costs on small random checkpoints, and generated ids are not judged.
    /// </summary>
    public static StageLimits For(WeightFormat format) => format switch
    {
        WeightFormat.AsStored or WeightFormat.F32 => new(2e-5, false),
        WeightFormat.BF16 => new(0.05, true),
        WeightFormat.Q8_0 => new(0.1, true),
        WeightFormat.Q4_0 => new(1.0, true),
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "Unknown weight format."),
    };

    /// <summary>The limit of an end-to-end comparison whose case allows <paramref name="tolerance"/>.</summary>
    public double EndToEnd(double tolerance) => Rounded ? Math.Max(tolerance, Stage) : tolerance;
}
