namespace Kinora.Media.Tests.Preprocessing;

public class StackedFramesTests
{
    [Theory]
    [InlineData(5, 1280, 720, 1620, 3720)]
    [InlineData(15, 640, 360, 820, 5720)]
    [InlineData(10, 360, 640, 480, 6620)]
    public void Sizes_follow_from_those_of_the_frames(int frames, int width, int height, int wholeWidth, int wholeHeight)
        => Assert.Equal((wholeWidth, wholeHeight), StackedFrames.LabelledSize(frames, width, height));

    [Fact]
    public void Frames_are_numbered_and_parted_by_lines()
    {
        Picture[] frames = [Filled(60, 40, 10), Filled(60, 40, 20), Filled(60, 40, 30)];
        var made = StackedFrames.Labelled(frames);
        Assert.Equal((180L, 200L), StackedFrames.LabelledSize(3, 60, 40));
        Assert.Equal((180, 200), (made.Width, made.Height));
        for (var number = 0; number < 3; number++)
        {
            var top = 10 + (number * 60);
            Assert.Equal([255, 10 * (number + 1), 10 * (number + 1), 255], new[] { (100, top - 1), (100, top), (159, top + 39), (160, top) }.Select(place => Value(made, place.Item1, place.Item2)));
            Assert.Contains(0, Enumerable.Range(0, 100).SelectMany(x => Enumerable.Range(top, 40).Select(y => Value(made, x, y)))); // its number
        }

        Assert.All(Enumerable.Range(0, 180), x => Assert.Equal([0, 0], new[] { Value(made, x, 60), Value(made, x, 61) }));
        Assert.DoesNotContain(0, Enumerable.Range(100, 80).SelectMany(x => new[] { Value(made, x, 59), Value(made, x, 62), Value(made, x, 199) }));
    }

    [Fact]
    public void A_pair_has_a_white_gap()
    {
        var made = StackedFrames.Pair(Filled(30, 20, 10), Filled(30, 20, 40));
        Assert.Equal((30, 90), (made.Width, made.Height));
        Assert.Equal([10, 255, 255, 40], new[] { 19, 20, 69, 70 }.Select(y => Value(made, 29, y)));
    }

    [Fact]
    public void The_batch_grid_takes_thirty_frames()
    {
        var made = StackedFrames.BatchGrid([.. Enumerable.Range(0, 31).Select(number => Filled(40, 30, (byte)(8 * number)))]);
        Assert.Equal((800, 600), (made.Width, made.Height));
        Assert.All(Enumerable.Range(0, 30), number => Assert.Equal(8 * number, Value(made, (number % 5 * 160) + 80, (number / 5 * 100) + 50)));
    }

    [Fact]
    public void Frames_that_make_too_large_a_picture_are_refused()
    {
        var frame = new Picture(4000, 4000, 3);
        Assert.Throws<ArgumentException>(() => StackedFrames.Labelled([.. Enumerable.Repeat(frame, 50)]));
    }

    private static Picture Filled(int width, int height, byte value)
    {
        var picture = new Picture(width, height, 3);
        picture.Pixels.AsSpan().Fill(value);
        return picture;
    }

    private static int Value(Picture picture, int x, int y) => picture.Pixels[(y * picture.Stride) + (3 * x)];
}
