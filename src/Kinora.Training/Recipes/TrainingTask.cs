namespace Kinora.Training.Recipes;

/// <summary>What is learned from the data.</summary>
public enum TrainingTask
{
    /// <summary>Supervised fine-tuning: to give the answers.</summary>
    Sft,

    /// <summary>Direct preference optimisation (Rafailov et al. 2023): to prefer the better of two answers.</summary>
    Dpo,
}
