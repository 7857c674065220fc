namespace Kinora.Toybox.Motion;

/// <summary>Where the camera looks.</summary>
/// <param name="Pan">Pixels that it has turned to the right; negative to the left.</param>
/// <param name="Zoom">How much larger things look, 1 to 1.3.</param>
public readonly record struct View(double Pan, double Zoom)
{
    /// <summary>How far the camera turns in a pan, in pixels.</summary>
    public const double PanDistance = 24;

    /// <summary>How much larger things look when the camera is near.</summary>
    public const double Near = 1.3;

    /// <summary>The row that is in the middle of the picture when the camera is near; it is <see cref="Middle"/> when it is not.</summary>
    public const double NearCentre = 76;

    /// <summary>The middle of the picture, across and down.</summary>
    public const double Middle = World.ClipPlan.Side / 2;

    /// <summary>The camera as it stands in most shots.</summary>
    public static View Still { get; } = new(0, 1);

    /// <summary>The column of the world that is in the middle of the picture.</summary>
    public double CentreX => Middle + Pan;

    /// <summary>The row of the world that is in the middle of the picture.</summary>
    public double CentreY => Middle + ((NearCentre - Middle) * ((Zoom - 1) / (Near - 1)));

    /// <summary>Where a point of the world is seen, in pixels of the picture.</summary>
    public (double X, double Y) Project(double x, double y) => (((x - CentreX) * Zoom) + Middle, ((y - CentreY) * Zoom) + Middle);
}
