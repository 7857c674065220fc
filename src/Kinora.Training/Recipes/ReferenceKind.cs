namespace Kinora.Training.Recipes;

/// <summary>Against which model preferences are measured.</summary>
public enum ReferenceKind
{
    /// <summary>The model as it was when training started.</summary>
    Start,

    /// <summary>The trained model with its LoRA off; only right where nothing but LoRA learns.</summary>
    LoraOff,

    /// <summary>A second checkpoint.</summary>
    Directory,
}
