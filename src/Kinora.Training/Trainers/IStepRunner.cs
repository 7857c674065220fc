using Kinora.Training.Data.Loading;

namespace Kinora.Training.Trainers;

/// <summary>Computes the loss of a step's samples, and its gradient.</summary>
internal interface IStepRunner
{
    /// <summary>Why a sample can't be learned from in this way, or null.</summary>
    string? Refusal(PreparedSample sample);

    /// <summary>Puts the gradient of the samples' loss into all that learns.</summary>
    /// <param name="samples">At least one.</param>
    /// <param name="dropoutSeed">Names the step: micro-batches take their seeds from it.</param>
    /// <param name="cancellation">Ends it between micro-batches; gradients are then incomplete.</param>
    StepResult Learn(IReadOnlyList<PreparedSample> samples, ulong dropoutSeed, CancellationToken cancellation);

    /// <summary>The loss of samples, of which nothing is learned.</summary>
    StepResult Judge(IReadOnlyList<PreparedSample> samples, CancellationToken cancellation);
}
