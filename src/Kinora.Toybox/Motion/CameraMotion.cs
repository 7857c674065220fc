using Kinora.Toybox.World;

namespace Kinora.Toybox.Motion;

/// <summary>How the camera moves.</summary>
internal static class CameraMotion
{
    /// <summary>Where it looks when a share of its event's time is over.</summary>
    public static View At(ToyEvent happening, double progress)
    {
        var share = Easing.Smooth(progress);
        return happening.Direction switch
        {
            // In whole pixels, so that the scenery stays sharp.
            Direction.Left => new View(-Math.Round(View.PanDistance * share), 1),
            Direction.Right => new View(Math.Round(View.PanDistance * share), 1),
            Direction.In => new View(0, 1 + ((View.Near - 1) * share)),
            _ => new View(0, 1 + ((View.Near - 1) * (1 - share))),
        };
    }
}
