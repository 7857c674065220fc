namespace Kinora.Toybox.World;

/// <summary>Something that happens.</summary>
public sealed record ToyEvent
{
    /// <summary>What happens.</summary>
    public required Verb Verb { get; init; }

    /// <summary>Who does it: the toy's number in its shot, or -1 for the camera.</summary>
    public required int Subject { get; init; }

    /// <summary>Whom it is done to, by number; -1 if nobody.</summary>
    public int Object { get; init; } = -1;

    /// <summary>Which way: of moves, chases, pans and zooms; of a jump over and a bump too, where texts don't say it.</summary>
    public Direction? Direction { get; init; }

    /// <summary>The colour that a <see cref="Verb.Recolour"/> ends with.</summary>
    public ToyColour? NewColour { get; init; }

    /// <summary>How far it goes, in pixels; 0 where it doesn't go anywhere.</summary>
    public double Distance { get; init; }
}
