using System.Security.Cryptography;
using Kinora.Toybox.Drawing;
using Kinora.Toybox.Planning;
using Kinora.Toybox.World;

namespace Kinora.Toybox.Tests.Drawing;

/// <summary>Frames of clips.</summary>
public sealed class ClipRendererTests
{
    private const int Row = 3 * ClipPlan.Side;

    private static readonly ClipRenderer renderer = new();

    /// <summary>If one of these fails, a seed gives another clip than before: then <see cref="WorldVersion.Current"/> is raised, and the hashes are renewed with the reason in the commit's message.</summary>
    [Theory]
    [InlineData(0, 1, "6e21a0e156bf5fe740e5e98281a7eea7")]
    [InlineData(1, 2, "0a2b9e60ceb59e274bde600408735d1f")]
    [InlineData(2, 3, "9f077721b12adf5226b4bac936027e55")]
    [InlineData(900_000, 3, "2a4afcc4136069886cf9e7167d1bdfc9")]
    [InlineData(123_456_789_012, 3, "8ade647cf04d4e268cc7529f64906ae0")]
    public void A_seed_gives_the_same_bytes_everywhere(long seed, int level, string sha256)
    {
        var plan = ClipPlanner.Plan(seed, level);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var frame = 0; frame < plan.Frames; frame++)
        {
            hash.AppendData(renderer.Frame(plan, frame).Pixels);
        }

        Assert.Equal(sha256, Convert.ToHexStringLower(hash.GetHashAndReset())[..32]);
    }

    /// <summary>All scenes, kinds and movements in one number.</summary>
    [Fact]
    public void Three_hundred_clips_are_the_same_everywhere()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var plan in Worlds.Clips(Level.Highest, 300))
        {
            for (var frame = 0; frame < plan.Frames; frame += 5)
            {
                hash.AppendData(renderer.Frame(plan, frame).Pixels);
            }
        }

        Assert.Equal("5cd6680a0e2c5d8bbc26d65cd0fa22aa", Convert.ToHexStringLower(hash.GetHashAndReset())[..32]);
    }

    [Fact]
    public void Several_frames_are_those_drawn_alone()
    {
        var plan = ClipPlanner.Plan(4, 3);
        int[] frames = [0, plan.Frames - 1, 9, 9];
        var rgb = new byte[frames.Length * ClipRenderer.FrameBytes];
        new ClipRenderer().Draw(plan, frames, rgb);
        for (var number = 0; number < frames.Length; number++)
        {
            Assert.True(rgb.AsSpan(number * ClipRenderer.FrameBytes, ClipRenderer.FrameBytes).SequenceEqual(renderer.Frame(plan, frames[number]).Pixels));
        }
    }

    [Fact]
    public void Threads_that_share_a_renderer_draw_the_same()
    {
        var plans = Worlds.Clips(3, 40).ToList();
        var shared = new ClipRenderer();
        var drawn = new byte[plans.Count][];
        Parallel.For(0, plans.Count, number => drawn[number] = shared.Frame(plans[number], 12).Pixels);
        Assert.All(Enumerable.Range(0, plans.Count), number => Assert.Equal(renderer.Frame(plans[number], 12).Pixels, drawn[number]));
    }

    [Fact]
    public void Nothing_is_allocated_once_the_toys_are_drawn()
    {
        var plan = Worlds.With(shot => shot.Slots.Any(slot => slot.Events[0].Verb == Verb.Zoom));
        int[] frames = [.. Enumerable.Range(0, plan.Frames)];
        var rgb = new byte[frames.Length * ClipRenderer.FrameBytes];
        renderer.Draw(plan, frames, rgb);
        var before = GC.GetAllocatedBytesForCurrentThread();
        renderer.Draw(plan, frames, rgb);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void An_absent_toy_is_not_seen_and_a_half_solid_one_is_half()
    {
        var toy = Worlds.Toy(ToyKind.Cube, ToyColour.Blue);
        var (none, half, whole) = (Middle(toy with { Alpha = 0 }), Middle(toy with { Alpha = 0.5 }), Middle(toy));
        Assert.Equal(renderer.Frame(Worlds.Still(Scene.Street), 0).Pixels, renderer.Frame(Worlds.Still(Scene.Street, toy with { Alpha = 0 }), 0).Pixels);
        Assert.All(Enumerable.Range(0, 3), channel => Assert.InRange(half[channel] - ((none[channel] + whole[channel]) / 2.0), -1, 1));
    }

    [Fact]
    public void A_colour_change_passes_through_the_colours_between()
    {
        var toy = Worlds.Toy(ToyKind.Star) with { NextColour = ToyColour.Blue };
        var middle = Middle(toy with { ColourShare = 0.5 });
        Assert.Equal([130, 68, 131], middle);
        Assert.Equal([214, 40, 40], Middle(toy));
        Assert.Equal([45, 95, 222], Middle(toy with { ColourShare = 1 }));
    }

    [Fact]
    public void What_hides_is_drawn_first_and_then_by_line()
    {
        var behind = Worlds.Toy(ToyKind.Star, ToyColour.Blue) with { BaseLine = 116 };
        var front = Worlds.Toy(ToyKind.Ball, ToyColour.Green) with { BaseLine = 106 };
        var both = renderer.Frame(Worlds.Still(Scene.Beach, behind, front), 0);
        Assert.Equal([45, 95, 222], PixelAt(both, 64, 96));
        Assert.NotEqual([45, 95, 222], PixelAt(renderer.Frame(Worlds.Still(Scene.Beach, behind with { IsBehind = true }, front), 0), 64, 96));
        Assert.Equal(both.Pixels, renderer.Frame(Worlds.Still(Scene.Beach, front, behind), 0).Pixels);
    }

    [Fact]
    public void A_pan_moves_everything_alike()
    {
        var plan = Worlds.With(shot => shot.Slots.Any(slot => slot.Events[0] is { Verb: Verb.Pan, Direction: Direction.Right }) && shot.Slots.Count == 1);
        var (first, last) = (renderer.Frame(plan, 0), renderer.Frame(plan, plan.Shots[0].Frames - 1));
        for (var y = 0; y < ClipPlan.Side; y++)
        {
            Assert.True(first.Row(y)[(24 * 3)..].SequenceEqual(last.Row(y)[..(Row - (24 * 3))]));
        }
    }

    [Fact]
    public void A_zoom_brings_the_middle_nearer()
    {
        var plan = Worlds.With(shot => shot.Slots is [{ Events: [{ Verb: Verb.Zoom, Direction: Direction.In }] }]);
        var (first, last) = (renderer.Frame(plan, 0), renderer.Frame(plan, plan.Shots[0].Frames - 1));

        // Thirteen pixels show what ten showed, around column 64 and row 76.
        var difference = Enumerable.Range(-20, 41).Average(step => Math.Abs(PixelAt(last, 64 + (int)(step * 1.3), 64 + (int)(step * 1.3))[1] - PixelAt(first, 64 + step, 76 + step)[1]));
        Assert.InRange(difference, 0, 12);
        Assert.NotEqual(first.Pixels, last.Pixels);
    }

    [Fact]
    public void Frames_beyond_the_clip_and_wrong_memory_are_refused()
    {
        var plan = ClipPlanner.Plan(0, 1);
        Assert.Contains($"{plan.Frames} frames", Assert.Throws<ArgumentOutOfRangeException>(() => renderer.Frame(plan, plan.Frames)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => renderer.Draw(plan, 0, new byte[100]));
        Assert.Throws<ArgumentException>(() => renderer.Draw(plan, [0, 1], new byte[ClipRenderer.FrameBytes]));
    }

    private static int[] Middle(ToyState toy) => PixelAt(renderer.Frame(Worlds.Still(Scene.Street, toy), 0), 58, 84);

    private static int[] PixelAt(Kinora.Media.Picture picture, int x, int y) => [.. picture.Pixels.AsSpan((y * Row) + (x * 3), 3).ToArray().Select(value => (int)value)];
}
