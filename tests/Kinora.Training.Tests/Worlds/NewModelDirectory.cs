using Kinora.Training.Creation;
using Kinora.Training.Recipes;

namespace Kinora.Training.Tests.Worlds;

/// <summary>A model of the world's structure, made from nothing and as small as can be.</summary>
internal sealed class NewModelDirectory : IDisposable
{
    public static readonly CreateSection Sizes = new()
    {
        ImageSize = 16,
        PatchSize = 8,
        VisionHidden = 24,
        VisionInner = 32,
        VisionLayers = 3,
        VisionHeads = 2,
        Hidden = 32,
        Inner = 48,
        Layers = 3,
        Heads = 4,
        KeyValueHeads = 2,
        Vocabulary = 320,
    };

    private static readonly string[] texts = ["The red ball rolls to the left. A cube is in a room.", "USER: ", " ASSISTANT: ", "The red ball jumps."];

    private readonly TemporaryDirectory directory = new();

    public NewModelDirectory(ulong seed = 1) => NewModel.Write(directory.Path, Sizes, texts, seed);

    public string Path => directory.Path;

    public void Dispose() => directory.Dispose();
}
