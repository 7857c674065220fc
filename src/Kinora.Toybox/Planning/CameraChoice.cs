using Kinora.Tensors;
using Kinora.Toybox.World;

namespace Kinora.Toybox.Planning;

/// <summary>Draws a movement of the camera.</summary>
internal static class CameraChoice
{
    // What is further out leaves the picture when the camera is near.
    private const double ZoomLeft = 28;
    private const double ZoomRight = 100;

    /// <summary>A zoom in half of the cases if all toys stay in the picture, else a pan.</summary>
    public static ToyEvent Draw(ref CounterRandom random, Stage stage)
    {
        var forwards = random.Chance(0.5);
        return random.Chance(0.5) && Array.TrueForAll(stage.Toys, toy => toy.X is >= ZoomLeft and <= ZoomRight)
            ? new ToyEvent { Verb = Verb.Zoom, Subject = -1, Direction = forwards ? Direction.In : Direction.Out }
            : new ToyEvent { Verb = Verb.Pan, Subject = -1, Direction = forwards ? Direction.Right : Direction.Left };
    }
}
