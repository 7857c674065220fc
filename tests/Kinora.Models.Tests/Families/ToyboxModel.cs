using Kinora.Models.Families;

namespace Kinora.Models.Tests.Families;

/// <summary>The shipped model, loaded once for all tests that use it.</summary>
public sealed class ToyboxModel : IDisposable
{
    public VisionLanguageModel Model { get; } = ModelLoader.Load(Directory);

    public static string Directory => Path.GetFullPath(Fixture.At("..", "..", "models", "toybox"));

    public static string Clip(int number) => Path.GetFullPath(Fixture.At("..", "..", "examples", $"toybox-{number:00}.mp4"));

    public void Dispose() => Model.Dispose();
}
