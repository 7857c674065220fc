namespace Kinora.Training.Recipes;

/// <summary>A part of a recipe's text.</summary>
/// <param name="Place">Where it stands, as messages begin.</param>
internal abstract record RecipeNode(RecipePlace Place);

/// <summary>A single value.</summary>
/// <param name="Place">Where it stands.</param>
/// <param name="Text">What stands there.</param>
/// <param name="Quoted">Whether it stands in quotation marks, or as a block of text: then it is a text, whatever it looks like.</param>
internal sealed record RecipeScalar(RecipePlace Place, string Text, bool Quoted) : RecipeNode(Place)
{
    public bool IsNull => !Quoted && Text is "" or "null" or "~" or "Null" or "NULL";
}

/// <summary>A list.</summary>
/// <param name="Place">Where it begins.</param>
/// <param name="Items">What it holds.</param>
internal sealed record RecipeList(RecipePlace Place, List<RecipeNode> Items) : RecipeNode(Place);

/// <summary>Keys with values, in the order of the file.</summary>
/// <param name="Place">Where they begin.</param>
/// <param name="Entries">No key stands there twice.</param>
internal sealed record RecipeMap(RecipePlace Place, List<(string Key, RecipeNode Value)> Entries) : RecipeNode(Place)
{
    public RecipeNode? Find(string key) => Entries.Find(entry => entry.Key == key).Value;

    public void Set(string key, RecipeNode value)
    {
        var index = Entries.FindIndex(entry => entry.Key == key);
        if (index >= 0)
        {
            Entries[index] = (key, value);
        }
        else
        {
            Entries.Add((key, value));
        }
    }
}
