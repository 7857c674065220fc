namespace Kinora.Training.Trainers;

/// <summary>What a step's time goes to.</summary>
public enum TrainingPart
{
    /// <summary>Waiting for samples that aren't prepared yet.</summary>
    Data,

    /// <summary>From pixels and ids to the rows that the head reads.</summary>
    Forward,

    /// <summary>The head, the losses and the head's own gradients.</summary>
    Head,

    /// <summary>From the losses back to all that learns.</summary>
    Backward,

    /// <summary>Norm, clipping, AdamW and Muon.</summary>
    Optimizer,

    /// <summary>The reference of preference tuning, and validation.</summary>
    Judging,

    /// <summary>Checkpoints and logs.</summary>
    Saving,
}
