namespace Kinora.Toybox.Planning;

/// <summary>How rich the clips of a level are.</summary>
internal sealed class Level
{
    /// <summary>The highest level: the whole world.</summary>
    public const int Highest = 3;

    private static readonly Level[] All =
    [
        new() { ToyOdds = [1], SlotOdds = [1] },
        new() { ToyOdds = [1, 2], SlotOdds = [1, 1] },
        new() { ToyOdds = [1, 3, 2], SlotOdds = [2, 3, 1], TwoShots = 0.2, Camera = 0.06 },
    ];

    /// <summary>Odds of one toy, two, three.</summary>
    public required double[] ToyOdds { get; init; }

    /// <summary>Odds of one slot, two, three.</summary>
    public required double[] SlotOdds { get; init; }

    /// <summary>How often a clip has a cut.</summary>
    public double TwoShots { get; init; }

    /// <summary>How often a slot is the camera's.</summary>
    public double Camera { get; init; }

    /// <summary>The level of a number.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such level.</exception>
    public static Level Of(int number)
        => number is >= 1 and <= Highest
            ? All[number - 1]
            : throw new ArgumentOutOfRangeException(nameof(number), number, $"There is no level {number} of the world; give 1 (one toy, one event), 2 (one or two toys) or 3 (the whole world).");
}
