namespace Kinora.Training.Recipes;

/// <summary>Where a value stands.</summary>
/// <param name="Text">How messages begin.</param>
/// <param name="IsSetting">Whether it was given beside the file.</param>
internal readonly record struct RecipePlace(string Text, bool IsSetting)
{
    /// <summary>A value of the file; <paramref name="text"/> names the line.</summary>
    public static RecipePlace InFile(string text) => new(text, false);

    /// <summary>The folder that a path counts from which stands here: a person who types it means the working directory.</summary>
    public string Folder(string recipeFolder) => IsSetting ? Directory.GetCurrentDirectory() : recipeFolder;

    public override string ToString() => Text;
}
