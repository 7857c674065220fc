using Kinora.Media;
using Kinora.Toybox.Motion;
using Kinora.Toybox.World;

namespace Kinora.Toybox.Drawing;

/// <summary>Draws the frames of clips: the same plan gives the same bytes on every machine. Thread-safe; one renderer for all clips keeps the toys that it drew.</summary>
public sealed class ClipRenderer
{
    /// <summary>Bytes of a frame: 128 rows of 128 RGB pixels.</summary>
    public const int FrameBytes = Side * Side * Channels;

    private const int Side = ClipPlan.Side;
    private const int Channels = 3;

    // A toy's solidity is counted in these: 16 points of 256 steps each.
    private const int Solid = 256;
    private const int Shift = 12;

    private readonly SpriteCache sprites = new();

    /// <summary>A frame as a picture of its own, 128x128 RGB.</summary>
    /// <param name="plan">The clip.</param>
    /// <param name="frame">0 to the clip's length - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The clip has no such frame.</exception>
    public Picture Frame(ClipPlan plan, int frame)
    {
        var picture = new Picture(Side, Side, Channels);
        Draw(plan, frame, picture.Pixels);
        return picture;
    }

    /// <summary>Several frames into given memory. Allocates nothing once the toys have been drawn.</summary>
    /// <param name="plan">The clip.</param>
    /// <param name="frames">Numbers of frames.</param>
    /// <param name="rgb">Gets the frames, [frames, 128, 128, 3].</param>
    /// <exception cref="ArgumentOutOfRangeException">The clip has no such frame.</exception>
    /// <exception cref="ArgumentException">The memory has another size.</exception>
    public void Draw(ClipPlan plan, ReadOnlySpan<int> frames, Span<byte> rgb)
    {
        if (rgb.Length != frames.Length * FrameBytes)
        {
            throw new ArgumentException($"{frames.Length} frames take {frames.Length * FrameBytes} bytes, not {rgb.Length}.", nameof(rgb));
        }

        for (var number = 0; number < frames.Length; number++)
        {
            Draw(plan, frames[number], rgb.Slice(number * FrameBytes, FrameBytes));
        }
    }

    /// <summary>One frame into given memory, [128, 128, 3].</summary>
    /// <inheritdoc cref="Draw(ClipPlan, ReadOnlySpan{int}, Span{byte})"/>
    public void Draw(ClipPlan plan, int frame, Span<byte> rgb)
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (rgb.Length != FrameBytes)
        {
            throw new ArgumentException($"A frame takes {FrameBytes} bytes, not {rgb.Length}.", nameof(rgb));
        }

        var (shot, number) = plan.At(frame);
        var view = ShotMotion.ViewAt(shot, number);
        Span<ToyState> toys = stackalloc ToyState[shot.Toys.Count];
        ShotMotion.At(shot, number, toys);
        Scenery.Of(shot.Scene).Fill((int)view.Pan, rgb);

        // Toys that hide come first, then by the line they stand on, then by number.
        Span<int> order = stackalloc int[toys.Length];
        for (var toy = 0; toy < toys.Length; toy++)
        {
            var place = toy;
            while (place > 0 && IsBefore(toys[toy], toys[order[place - 1]]))
            {
                order[place] = order[place - 1];
                place--;
            }

            order[place] = toy;
        }

        foreach (var toy in order)
        {
            if (toys[toy].Alpha > 0)
            {
                Paste(toys[toy], (int)view.Pan, rgb);
            }
        }

        if (view.Zoom > 1)
        {
            Magnifier.Apply(view, rgb);
        }
    }

    private static bool IsBefore(in ToyState one, in ToyState other)
        => one.IsBehind != other.IsBehind ? one.IsBehind : one.BaseLine < other.BaseLine;

    private void Paste(in ToyState toy, int pan, Span<byte> rgb)
    {
        var side = 2 * (int)Math.Round(toy.Side / 2);
        var turns = (int)Math.Round(toy.Angle / Sprite.AngleStep) % Sprite.Angles;
        var sprite = sprites.Get(toy.Kind, side, turns < 0 ? turns + Sprite.Angles : turns, toy.IsMirrored);
        var (left, top) = ((int)Math.Round(toy.X - pan - (side / 2)), (int)Math.Round(toy.Y - (side / 2)));
        var (body, light) = (Palette.Body(toy), Palette.Light(toy));
        var solidity = (int)Math.Round(toy.Alpha * Solid);
        var (first, last) = (Math.Max(0, -left), Math.Min(side, Side - left));
        for (var row = Math.Max(0, -top); row < Math.Min(side, Side - top); row++)
        {
            var at = (((top + row) * Side) + left + first) * Channels;
            for (var column = first; column < last; column++, at += Channels)
            {
                ref readonly var pixel = ref sprite.Pixels[(row * side) + column];
                if (pixel.Cover == 0)
                {
                    continue;
                }

                var through = (Sprite.Points * Solid) - (pixel.Cover * solidity);
                rgb[at] = Blend(rgb[at], through, pixel.Red + (pixel.Body * body.Red) + (pixel.Light * light.Red), solidity);
                rgb[at + 1] = Blend(rgb[at + 1], through, pixel.Green + (pixel.Body * body.Green) + (pixel.Light * light.Green), solidity);
                rgb[at + 2] = Blend(rgb[at + 2], through, pixel.Blue + (pixel.Body * body.Blue) + (pixel.Light * light.Blue), solidity);
            }
        }
    }

    private static byte Blend(byte behind, int through, int sum, int solidity) => (byte)(((behind * through) + (sum * solidity) + (1 << (Shift - 1))) >> Shift);
}
