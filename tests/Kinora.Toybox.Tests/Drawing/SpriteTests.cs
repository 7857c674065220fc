using Kinora.Toybox.Drawing;
using Kinora.Toybox.World;

namespace Kinora.Toybox.Tests.Drawing;

/// <summary>Toys as they are drawn.</summary>
public sealed class SpriteTests
{
    public static TheoryData<ToyKind> Kinds => [.. Enum.GetValues<ToyKind>()];

    [Theory]
    [InlineData(28)]
    [InlineData(44)]
    public void Kinds_look_different(int side)
    {
        var kinds = Enum.GetValues<ToyKind>();
        var sprites = kinds.Select(kind => Sprite.Draw(kind, side, 0, false)).ToList();
        for (var one = 0; one < kinds.Length; one++)
        {
            for (var other = 0; other < one; other++)
            {
                var different = sprites[one].Pixels.Zip(sprites[other].Pixels).Count(pair => Math.Abs(pair.First.Body - pair.Second.Body) > 8 || Math.Abs(pair.First.Cover - pair.Second.Cover) > 8);
                Assert.True(different > side * side / 12, $"{kinds[one]} and {kinds[other]} differ in {different} pixels");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_toy_fills_its_square_and_shows_its_colour(ToyKind kind)
    {
        var sprite = Sprite.Draw(kind, 44, 0, false);
        var rows = Enumerable.Range(0, 44).Where(y => Enumerable.Range(0, 44).Any(x => sprite.Pixels[(y * 44) + x].Cover > 0)).ToList();
        Assert.InRange(rows[^1] - rows[0], 30, 43);
        Assert.InRange(sprite.Pixels.Sum(pixel => pixel.Body) / (double)Sprite.Points / (44 * 44), 0.12, 0.8);
        Assert.All(sprite.Pixels, pixel => Assert.True(pixel.Body + pixel.Light <= pixel.Cover && pixel.Cover <= Sprite.Points));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_mirrored_toy_is_the_toy_mirrored(ToyKind kind)
    {
        var (sprite, mirrored) = (Sprite.Draw(kind, 28, 0, false), Sprite.Draw(kind, 28, 0, true));
        Assert.Equal(sprite.Pixels.Select(pixel => pixel.Body), Enumerable.Range(0, 28 * 28).Select(at => mirrored.Pixels[(at / 28 * 28) + 27 - (at % 28)].Body));
    }

    [Fact]
    public void A_quarter_turn_is_clockwise()
    {
        var (sprite, turned) = (Sprite.Draw(ToyKind.Car, 28, 0, false), Sprite.Draw(ToyKind.Car, 28, 6, false));
        for (var y = 0; y < 28; y++)
        {
            for (var x = 0; x < 28; x++)
            {
                Assert.Equal(sprite.Pixels[(y * 28) + x].Cover, turned.Pixels[(x * 28) + 27 - y].Cover);
            }
        }
    }

    [Fact]
    public void Every_angle_looks_different()
    {
        var sprites = Enumerable.Range(0, Sprite.Angles).Select(angle => Sprite.Draw(ToyKind.Boat, 44, angle, false).Pixels.Select(pixel => pixel.Body).ToArray()).ToList();
        Assert.Equal(Sprite.Angles, sprites.Select(pixels => Convert.ToHexString(pixels)).Distinct().Count());
    }

    [Fact]
    public void A_sprite_is_drawn_once()
    {
        var cache = new SpriteCache();
        Assert.Same(cache.Get(ToyKind.Cat, 28, 0, false), cache.Get(ToyKind.Cat, 28, 0, false));
        Assert.NotSame(cache.Get(ToyKind.Cat, 28, 0, false), cache.Get(ToyKind.Cat, 28, 0, true));
    }

    [Fact]
    public void A_full_cache_still_gives_sprites()
    {
        var cache = new SpriteCache(most: 2);
        var sides = Enumerable.Range(8, 6).Select(half => 2 * half).ToList();
        Assert.All(sides, side => Assert.Equal(side, cache.Get(ToyKind.Ball, side, 0, false).Side));
        Assert.Same(cache.Get(ToyKind.Ball, sides[0], 0, false), cache.Get(ToyKind.Ball, sides[0], 0, false));
        Assert.NotSame(cache.Get(ToyKind.Ball, sides[^1], 0, false), cache.Get(ToyKind.Ball, sides[^1], 0, false));
    }
}
