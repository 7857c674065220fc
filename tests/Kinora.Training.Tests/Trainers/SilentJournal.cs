using Kinora.Training.Data.Loading;
using Kinora.Training.Trainers;

namespace Kinora.Training.Tests.Trainers;

/// <summary>Remembers what a run tells.</summary>
internal sealed class SilentJournal : ITrainingJournal
{
    public List<TrainingStep> Steps { get; } = [];

    public List<BrokenSample> Broken { get; } = [];

    public List<(long Step, double Loss)> Validations { get; } = [];

    public List<string> Lines { get; } = [];

    public Action<long> AfterStep { get; init; } = _ => { };

    public void Started(TrainingPlan plan, TrainingState state) => Lines.Add($"started at {state.Step} of {plan.TotalSteps}");

    public void Preparing(string what, long done, long total)
    {
    }

    public void Stepped(TrainingStep done)
    {
        Steps.Add(done);
        AfterStep(done.Number);
    }

    public void Validated(long number, StepResult result) => Validations.Add((number, result.Loss));

    public void Broke(long number, BrokenSample sample) => Broken.Add(sample);

    public void Saved(long number, string directory) => Lines.Add($"saved {number}");

    public void Damaged(string line) => Lines.Add(line);

    public void Ended(long number, string how) => Lines.Add($"{how} at {number}");
}
