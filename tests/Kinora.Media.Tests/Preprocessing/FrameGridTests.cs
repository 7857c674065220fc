namespace Kinora.Media.Tests.Preprocessing;

public sealed class FrameGridTests
{
    [Theory]
    [InlineData(16, 1280, 720, 1920, 1103)]
    [InlineData(16, 1920, 1080, 1920, 1096)]
    [InlineData(16, 640, 360, 1919, 1126)]
    [InlineData(16, 400, 225, 1750, 1050)]
    [InlineData(16, 1080, 1920, 1096, 1920)]
    [InlineData(1, 640, 360, 640, 360)]
    [InlineData(2, 100, 80, 250, 210)]
    [InlineData(5, 100, 80, 400, 340)]
    public void Sizes(int frames, int width, int height, int expectedWidth, int expectedHeight) => Assert.Equal((expectedWidth, expectedHeight), FrameGrid.Size(frames, width, height));

    [Fact]
    public void Frames_stand_row_by_row_between_white_bands_and_missing_ones_are_white()
    {
        var frames = Enumerable.Range(1, 3).Select(value =>
        {
            var frame = new Picture(4, 2, value == 2 ? 1 : 3);
            frame.Pixels.AsSpan().Fill((byte)value);
            return frame;
        }).ToList();
        var grid = FrameGrid.Compose(frames);
        Assert.Equal((58, 54), (grid.Width, grid.Height));
        Assert.Equal((1, 255, 2), (At(3, 1), At(4, 1), At(54, 1)));
        Assert.Equal((255, 3, 255), (At(3, 2), At(3, 52), At(54, 52)));

        int At(int x, int y) => grid.Row(y)[x * 3];
    }

    [Fact]
    public void Frames_of_different_sizes_and_none_are_refused()
    {
        Assert.Throws<ArgumentException>(() => FrameGrid.Compose([]));
        Assert.Throws<ArgumentException>(() => FrameGrid.Compose([new Picture(4, 2, 3), new Picture(4, 3, 3)]));
    }

    [Theory]
    [InlineData(1, "0 0 0 0")]
    [InlineData(2, "0 0 0 1")]
    [InlineData(10, "1 3 5 8")]
    [InlineData(17, "2 6 10 14")]
    public void Indices_of_four(int total, string expected) => Assert.Equal(expected, string.Join(' ', GridIndices.Choose(total, 4)));

    [Fact]
    public void Indices_of_sixteen_are_those_of_the_script()
        => Assert.Equal([56, 168, 281, 393, 506, 618, 731, 843, 956, 1068, 1180, 1293, 1405, 1518, 1630, 1743], GridIndices.Choose(1800, 16));
}
