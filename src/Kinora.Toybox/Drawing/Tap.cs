namespace Kinora.Toybox.Drawing;

/// <summary>The points that a pixel of a zoomed picture is mixed from, in one direction, with whole weights that sum to 256.</summary>
internal unsafe struct Tap
{
    /// <summary>Points of a pixel.</summary>
    public const int Count = 4;

    /// <summary>The logarithm of what the weights of both directions together sum to.</summary>
    public const int Shift = 16;

    /// <summary>Half of that, for rounding.</summary>
    public const int Half = 1 << (Shift - 1);

    private const int Sum = 256;

    private fixed int weights[Count];

    /// <summary>The first of the points.</summary>
    public int First { get; private set; }

    /// <summary>The weight of a point.</summary>
    public readonly int this[int point] => weights[point];

    /// <summary>The points around a place.</summary>
    /// <param name="centre">The place, in points.</param>
    /// <param name="reach">Where the weights have fallen to nothing, at most 2 points away.</param>
    /// <param name="limit">How many points there are; beyond the edge the weights go to those within.</param>
    public static Tap Around(double centre, double reach, int limit)
    {
        var tap = new Tap { First = Math.Clamp((int)Math.Floor(centre - (Count / 2) + 0.5), 0, limit - Count) };
        var total = 0.0;
        for (var point = 0; point < Count; point++)
        {
            total += Weight(tap.First + point);
        }

        // What rounding leaves goes to the point that is nearest.
        var (left, nearest) = (Sum, 0);
        for (var point = 0; point < Count; point++)
        {
            tap.weights[point] = (int)Math.Round(Sum * Weight(tap.First + point) / total);
            left -= tap.weights[point];
            nearest = tap.weights[point] > tap.weights[nearest] ? point : nearest;
        }

        tap.weights[nearest] += left;
        return tap;

        double Weight(int point) => Math.Max(0, reach - Math.Abs(point + 0.5 - centre));
    }
}
