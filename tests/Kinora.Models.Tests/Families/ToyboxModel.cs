using Kinora.Models.Families;

namespace Kinora.Models.Tests.Families;

/// <summary>The small model with golden texts, loaded once for all tests that use it; what ships may change, this stays.</summary>
public sealed class ToyboxModel : IDisposable
{
    public VisionLanguageModel Model { get; } = ModelLoader.Load(Directory);

    public static string Directory => Fixture.At("toybox-bootstrap", "checkpoint");

    public static string Clip(int number) => Fixture.At("toybox-bootstrap", "clips", $"toybox-{number:00}.mp4");

    public void Dispose() => Model.Dispose();
}
