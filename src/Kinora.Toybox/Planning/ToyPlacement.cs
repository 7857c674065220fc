using Kinora.Tensors;
using Kinora.Toybox.World;

namespace Kinora.Toybox.Planning;

/// <summary>Draws the toys that a shot begins with, and where they stand.</summary>
internal static class ToyPlacement
{
    /// <summary>The line that toys on the ground mostly stand on, and that the altitude of flyers counts from.</summary>
    public const double BaseLine = 106;

    private const double Left = 18;
    private const double Right = 110;
    private const double LeastDistance = 32;
    private const double OneLine = 0.6;
    private const double Mirrored = 0.3;
    private const int MostTries = 200;

    private static readonly double[] BaseLines = [96, 106, 116];
    private static readonly double[] FlyingHeights = [36, 40, 66, 70];
    private static readonly ToyKind[] Kinds = Enum.GetValues<ToyKind>();
    private static readonly ToyColour[] Colours = Enum.GetValues<ToyColour>();

    /// <summary>Toys with different names at a distance from each other, or null if there was no room.</summary>
    public static ToyState[]? Try(ref CounterRandom random, int count)
    {
        var oneLine = random.Chance(OneLine);
        var toys = new ToyState[count];
        for (var number = 0; number < count; number++)
        {
            var tries = 0;
            do
            {
                if (tries++ == MostTries)
                {
                    return null;
                }

                toys[number] = Draw(ref random, oneLine);
            }
            while (!Fits(toys.AsSpan(0, number), toys[number]));
        }

        return toys;
    }

    private static ToyState Draw(ref CounterRandom random, bool oneLine)
    {
        var kind = random.Pick(Kinds);
        var colour = random.Pick(Colours);
        var side = random.Pick<ToySize>([ToySize.Small, ToySize.Big]).Side();
        var baseLine = oneLine || kind.IsFlyer() ? BaseLine : random.Pick(BaseLines);
        return new ToyState
        {
            Kind = kind,
            Colour = colour,
            NextColour = colour,
            X = random.Between(Left, Right),
            BaseLine = baseLine,
            Altitude = kind.IsFlyer() ? baseLine - (side / 2) - random.Pick(FlyingHeights) : 0,
            Side = side,
            Alpha = 1,
            IsMirrored = random.Chance(Mirrored) && kind.CanFaceLeft(),
        };
    }

    private static bool Fits(ReadOnlySpan<ToyState> others, in ToyState toy)
    {
        foreach (ref readonly var other in others)
        {
            if (other.Name == toy.Name || Math.Abs(other.X - toy.X) < LeastDistance)
            {
                return false;
            }
        }

        return true;
    }
}
