using Kinora.Training.Data.Loading;

namespace Kinora.Training.Trainers;

/// <summary>Is told what happens in a run: writes logs, shows progress.</summary>
public interface ITrainingJournal
{
    /// <summary>A run begins or goes on.</summary>
    void Started(TrainingPlan plan, TrainingState state);

    /// <summary>Something else that takes its time before the first step.</summary>
    void Preparing(string what, long done, long total);

    /// <summary>A step was done.</summary>
    void Stepped(TrainingStep done);

    /// <summary>What was held back was judged.</summary>
    void Validated(long number, StepResult result);

    /// <summary>A sample couldn't be used.</summary>
    void Broke(long number, BrokenSample sample);

    /// <summary>A checkpoint was written.</summary>
    void Saved(long number, string directory);

    /// <summary>A checkpoint is damaged and was passed over.</summary>
    void Damaged(string line);

    /// <summary>The run ended: finished, stopped or failed.</summary>
    void Ended(long number, string how);
}
