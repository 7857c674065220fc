using Kinora.Models.Checkpoints;

namespace Kinora.Models.Families;

/// <summary>What a small model says of itself in <c>kinora.json</c>: real checkpoints have none.</summary>
/// <param name="Name">The model's name.</param>
/// <param name="Knows">What it was trained on, to complete "it knows only ...".</param>
/// <param name="Width">Width of the clips it knows, in pixels.</param>
/// <param name="Height">Height of the clips it knows, in pixels.</param>
/// <param name="Rate">Frames a second of the clips it knows.</param>
public sealed record ModelCard(string Name, string Knows, int Width, int Height, double Rate)
{
    /// <summary>The card in a model directory, or null.</summary>
    /// <exception cref="CheckpointException">A card that can't be read.</exception>
    public static ModelCard? Find(string directory)
    {
        var path = Path.Combine(directory, "kinora.json");
        if (!File.Exists(path))
        {
            return null;
        }

        var card = ConfigReader.Load(path);
        return new ModelCard(Short("name"), Short("knows"), card.Int("width", null, 1), card.Int("height", null, 1), card.Double("rate", null, 0.001, 1000));

        // Both are printed into a note.
        string Short(string key)
        {
            const int Most = 300;
            var text = card.String(key);
            return text.Length <= Most ? text : throw card.Unusable(key, $"at most {Most} characters");
        }
    }
}
