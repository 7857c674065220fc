namespace Kinora.Training.Recipes;

/// <summary>Where values come from.</summary>
internal static class RecipePlaces
{
    /// <summary>How the places of values begin that weren't in the file.</summary>
    public const string Setting = "The setting";

    /// <summary>The folder that a path counts from.</summary>
    public static string Folder(RecipeNode node, string recipeFolder)
        => node.Place.StartsWith(Setting, StringComparison.Ordinal) ? Directory.GetCurrentDirectory() : recipeFolder;
}
