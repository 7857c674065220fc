namespace Kinora.Training.Recipes;

/// <summary>A part of a recipe in stages: a recipe of its own, which begins with the model that the stage before ended with.</summary>
/// <param name="Name">What it is called, in small letters, digits and hyphens.</param>
/// <param name="Recipe">The recipe with all that the stages have in common filled in; its model is found when it begins.</param>
public sealed record RecipeStage(string Name, Recipe Recipe);
