using Kinora.Toybox.Motion;
using Kinora.Toybox.World;

namespace Kinora.Training.Worlds;

/// <summary>What can be read off the patches of a clip's frames: the nearest toy of each patch, where it is, and how it changed since the frame before. Only teaches: throw-away heads learn it.</summary>
public sealed class PatchTargets
{
    /// <summary>Kinds of toys, and the last one for no toy.</summary>
    public const int Kinds = 11;

    /// <summary>Colours.</summary>
    public const int Colours = 8;

    /// <summary>Scenes.</summary>
    public const int Scenes = 6;

    /// <summary>Offset of the toy's centre across and down, its size, and sine and cosine of its angle.</summary>
    public const int PlaceNumbers = 5;

    /// <summary>The camera's pan and zoom.</summary>
    public const int ViewNumbers = 2;

    /// <summary>Shift across and down, growth, sine of the turn, 1 - its cosine, whether the toy is new, and how much its colour changed.</summary>
    public const int MotionNumbers = 7;

    /// <summary>A label that isn't learned.</summary>
    public const int None = -1;

    // A patch belongs to a toy whose centre is so near to its own, in pixels of the clip.
    private const double Reach = 28;
    private const double LeastAlpha = 0.25;
    private const double HalfChanged = 0.2;

    private PatchTargets(int frames, int grid)
    {
        var patches = frames * grid * grid;
        (Kind, Colour, Scene) = (new int[patches], new int[patches], new int[frames]);
        (Place, View, Motion) = (new float[patches * PlaceNumbers], new float[frames * ViewNumbers], new float[patches * MotionNumbers]);
        Moves = new bool[patches];
        (Frames, Grid) = (frames, grid);
    }

    /// <summary>Frames.</summary>
    public int Frames { get; }

    /// <summary>Patches along a side of a frame.</summary>
    public int Grid { get; }

    /// <summary>Patches of a frame.</summary>
    public int Patches => Grid * Grid;

    /// <summary>The kind of each patch's toy, <see cref="Kinds"/> - 1 without: [frames * patches].</summary>
    public int[] Kind { get; }

    /// <summary>The colour of each patch's toy; <see cref="None"/> without, or while it changes.</summary>
    public int[] Colour { get; }

    /// <summary>[frames * patches, <see cref="PlaceNumbers"/>], zeros without a toy.</summary>
    public float[] Place { get; }

    /// <summary>The scene of each frame.</summary>
    public int[] Scene { get; }

    /// <summary>[frames, <see cref="ViewNumbers"/>].</summary>
    public float[] View { get; }

    /// <summary>Whether a patch has a toy, and its frame one before it.</summary>
    public bool[] Moves { get; }

    /// <summary>[frames * patches, <see cref="MotionNumbers"/>].</summary>
    public float[] Motion { get; }

    /// <summary>Reads the truth of some frames.</summary>
    /// <param name="plan">The clip.</param>
    /// <param name="frames">The frames, in the order in which the model sees them.</param>
    /// <param name="grid">Patches along a side.</param>
    public static PatchTargets Of(ClipPlan plan, IReadOnlyList<int> frames, int grid)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(frames);
        var targets = new PatchTargets(frames.Count, grid);
        var before = default(Seen);
        for (var frame = 0; frame < frames.Count; frame++)
        {
            var now = Seen.At(plan, frames[frame]);
            targets.Fill(frame, grid, now, frame == 0 ? null : before);
            before = now;
        }

        return targets;
    }

    private void Fill(int frame, int grid, Seen now, Seen? before)
    {
        Scene[frame] = (int)now.Scene;
        (View[frame * ViewNumbers], View[(frame * ViewNumbers) + 1]) = ((float)(now.View.Pan / 24), (float)((now.View.Zoom - 1) / 0.3));
        for (var patch = 0; patch < grid * grid; patch++)
        {
            var (x, y) = (((patch % grid) + 0.5) * ClipPlan.Side / grid, ((patch / grid) + 0.5) * ClipPlan.Side / grid);
            var (at, toy) = ((frame * grid * grid) + patch, now.Nearest(x, y));
            if (toy < 0)
            {
                (Kind[at], Colour[at]) = (Kinds - 1, None);
                continue;
            }

            var state = now.Toys[toy];
            var (centreX, centreY) = now.Places[toy];
            Kind[at] = (int)state.Kind;
            Colour[at] = state.ColourShare < HalfChanged || state.Colour == state.NextColour ? (int)state.Colour : state.ColourShare > 1 - HalfChanged ? (int)state.NextColour : None;
            var place = Place.AsSpan(at * PlaceNumbers, PlaceNumbers);
            var angle = state.Angle * Math.PI / 180;
            (place[0], place[1], place[2]) = ((float)((centreX - x) / 16), (float)((centreY - y) / 16), (float)((state.Side * now.View.Zoom / 16) - 2));
            (place[3], place[4]) = ((float)Math.Sin(angle), (float)Math.Cos(angle));
            if (before is { } earlier)
            {
                Moves[at] = true;
                Change(Motion.AsSpan(at * MotionNumbers, MotionNumbers), now, earlier, toy);
            }
        }
    }

    private static void Change(Span<float> motion, Seen now, Seen before, int toy)
    {
        if (now.Shot != before.Shot || before.Toys[toy].Alpha < LeastAlpha)
        {
            motion[5] = 1;
            return;
        }

        var (a, b) = (before.Toys[toy], now.Toys[toy]);
        var turn = (b.Angle - a.Angle) * Math.PI / 180;
        (motion[0], motion[1]) = ((float)((now.Places[toy].X - before.Places[toy].X) / 16), (float)((now.Places[toy].Y - before.Places[toy].Y) / 16));
        motion[2] = (float)(((b.Side * now.View.Zoom) - (a.Side * before.View.Zoom)) / 8);
        (motion[3], motion[4]) = ((float)Math.Sin(turn), (float)(1 - Math.Cos(turn)));
        motion[6] = a.Colour != b.Colour ? (float)(1 - (a.NextColour == b.Colour ? a.ColourShare : 0)) : (float)Math.Abs(b.ColourShare - a.ColourShare);
    }

    private readonly record struct Seen(int Shot, Scene Scene, View View, ToyState[] Toys, (double X, double Y)[] Places)
    {
        public static Seen At(ClipPlan plan, int frame)
        {
            var (shot, first) = (0, 0);
            while (frame - first >= plan.Shots[shot].Frames)
            {
                first += plan.Shots[shot++].Frames;
            }

            var now = plan.Shots[shot];
            var toys = new ToyState[now.Toys.Count];
            ShotMotion.At(now, frame - first, toys);
            var view = ShotMotion.ViewAt(now, frame - first);
            return new(shot, now.Scene, view, toys, Array.ConvertAll(toys, toy => view.Project(toy.X, toy.Y)));
        }

        /// <summary>The toy whose centre is nearest to a point, or -1.</summary>
        public int Nearest(double x, double y)
        {
            var (nearest, least) = (-1, Reach * Reach);
            for (var toy = 0; toy < Toys.Length; toy++)
            {
                var (dx, dy) = (Places[toy].X - x, Places[toy].Y - y);
                var distance = (dx * dx) + (dy * dy);
                if (Toys[toy].Alpha >= LeastAlpha && !Toys[toy].IsHidden && distance < least)
                {
                    (nearest, least) = (toy, distance);
                }
            }

            return nearest;
        }
    }
}
