namespace Kinora.Media.Tests.Preprocessing;

public sealed class AnyResolutionTests
{
    private static readonly AnyResolution next = new(336, [(336, 672), (672, 336), (672, 672), (1008, 336), (336, 1008)]);

    [Theory]
    [InlineData(1920, 1103, 672, 672, 48, 28)]
    [InlineData(1919, 1126, 672, 672, 48, 28)]
    [InlineData(1430, 1110, 672, 672, 48, 38)]
    [InlineData(1096, 1920, 672, 672, 28, 48)]
    [InlineData(1174, 1174, 672, 672, 48, 48)]
    [InlineData(3000, 500, 1008, 336, 72, 12)]
    [InlineData(10, 3000, 336, 1008, 0, 72)]
    public void Size_and_part_of_the_map_that_shows_the_picture(int width, int height, int bestWidth, int bestHeight, int columns, int rows)
    {
        Assert.Equal((bestWidth, bestHeight), next.Best(width, height));
        var (allColumns, allRows) = (bestWidth / 14, bestHeight / 14);
        var padding = AnyResolution.Padding(allColumns, allRows, width, height);
        Assert.Equal((columns, rows), (allColumns - (2 * padding.Columns), allRows - (2 * padding.Rows)));
    }

    [Fact]
    public void Of_sizes_that_show_as_much_the_one_with_less_left_over_wins_and_then_the_first()
    {
        Assert.Equal((8, 8), new AnyResolution(4, [(12, 12), (8, 8)]).Best(4, 4));
        Assert.Equal((4, 8), new AnyResolution(4, [(4, 8), (8, 4)]).Best(4, 4));
    }

    [Fact]
    public void Tiles_are_the_overview_and_the_fitted_picture_on_black()
    {
        var picture = new Picture(100, 50, 3);
        picture.Pixels.AsSpan().Fill(200);
        var tiles = new AnyResolution(20, [(40, 40)]).Tiles(picture).ToList();
        Assert.Equal(5, tiles.Count);
        Assert.All(tiles, tile => Assert.Equal((20, 20, 3), (tile.Width, tile.Height, tile.Channels)));
        Assert.All(tiles[0].Pixels, value => Assert.Equal(200, value)); // squashed: nothing is black

        // 40x20 in the middle of 40x40: rows 10 to 29.
        for (var row = 0; row < 40; row++)
        {
            Assert.Equal(row is >= 10 and < 30 ? 200 : 0, tiles[1 + (row / 20 * 2)].Row(row % 20)[0]);
        }

        Assert.Single(new AnyResolution(20, [(40, 40)]).Tiles(picture, tiles: false));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 30000)]
    [InlineData(30000, 1)]
    public void Extreme_pictures_have_tiles(int width, int height)
        => Assert.All(next.Tiles(new Picture(width, height, 3)), tile => Assert.Equal((336, 336), (tile.Width, tile.Height)));
}
