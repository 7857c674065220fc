namespace Kinora.Media.Tests;

/// <summary>The rules on known time lines.</summary>
public sealed class FrameSelectorTests
{
    // Shown from 0, 0.1, 0.2, 1.0 and 1.5 s, to 2 s, in a container that starts at 10 s.
    private static readonly FrameTimes Uneven = new([10000, 10100, 10200, 11000, 11500], new Rational(1, 1000), 2.5, 500);

    [Theory]
    [InlineData(100, 8, "0 14 28 42 57 71 85 99")]
    [InlineData(240, 8, "0 34 68 102 137 171 205 239")]
    [InlineData(16, 8, "0 2 4 6 9 11 13 15")]
    [InlineData(6, 3, "0 2 5")]
    [InlineData(2, 3, "0 0 1")]
    [InlineData(5, 8, "0 1 1 2 2 3 3 4")]
    [InlineData(84, 8, "0 12 24 36 47 59 71 83")]
    public void Tarsier_vectors_of_the_specification(int total, int count, string indices)
        => Assert.Equal(indices, string.Join(' ', TarsierIndices.Choose(total, count, 25)));

    [Fact]
    public void Tarsier_start_counts_frames_by_the_average_rate()
        => Assert.Equal("50 64 79 93 107 121 136 150", string.Join(' ', TarsierIndices.Choose(151, 8, 25, 2.0)));

    [Fact]
    public void Tarsier_looks_at_frame_0_if_one_is_wanted()
        => Assert.Equal([0], TarsierIndices.Choose(100, 1, 25, 2.0, 3.0));

    [Theory]
    [InlineData("segments", 4, null, null, "2 2 3 4")]
    [InlineData("segments", 2, null, null, "2 4")]
    [InlineData("segments", 2, 1.0, null, "3 4")]
    [InlineData("segments", 2, null, 0.2, "0 1")]
    [InlineData("every:0.5", null, null, null, "0 2 3 4")]
    [InlineData("every:0.5", 3, null, null, "0 2 3")]
    [InlineData("every:0.5", null, 0.9, 1.6, "2 3")]
    [InlineData("every:100", null, null, null, "0")]
    [InlineData("at:0.15,1.999,0,0.1", null, null, null, "1 4 0 1")]
    public void Rules_work_on_presentation_times(string rule, int? count, double? start, double? end, string indices)
    {
        var request = new FrameRequest { Rule = FrameRule.Parse(rule), Start = start, End = end };
        request = count is { } n ? request with { Count = n } : request;
        Assert.Equal(indices, string.Join(' ', FrameSelector.Choose("clip", Uneven, request, 2.5, MediaLimits.Default)));
    }

    [Fact]
    public void Every_stops_at_the_limit_of_kept_frames()
    {
        var limits = new MediaLimits { MaxFramesKept = 7 };
        Assert.Equal(7, FrameSelector.Choose("clip", Uneven, new FrameRequest { Rule = FrameRule.Every(1e-9) }, 2.5, limits).Length);
    }

    [Fact]
    public void Pictures_are_never_repeated_by_the_uniform_rule()
    {
        Assert.Equal([0, 1, 2], FrameSelector.ChoosePictures("folder", 3, new FrameRequest { Count = 8 }, MediaLimits.Default));
        Assert.Equal([0, 3, 7, 10], FrameSelector.ChoosePictures("folder", 11, new FrameRequest { Count = 4 }, MediaLimits.Default));
    }

    [Fact]
    public void Times_are_those_of_the_stamps()
    {
        Assert.Equal(0, Uneven[0], 9);
        Assert.Equal(1.5, Uneven[4], 9);
        Assert.Equal(11.5, Uneven.ContainerTime(4), 9);
        Assert.Equal(2.0, Uneven.End, 9);
        Assert.True(Uneven.StampsAreUnique);
        Assert.False(new FrameTimes([1, 1], new Rational(1, 1), 1, 0).StampsAreUnique);
        Assert.False(new FrameTimes([1, null], new Rational(1, 1), 1, 0).StampsAreUnique);
    }

    [Theory]
    [InlineData("img2.png", "img10.png")]
    [InlineData("a9b1", "a10b0")]
    [InlineData("IMG3", "img12")]
    [InlineData("x", "x1")]
    [InlineData("frame-099999999999999999999", "frame-100000000000000000000")]
    public void Natural_order_reads_digits_as_numbers(string first, string second)
    {
        Assert.True(NaturalOrder.Instance.Compare(first, second) < 0);
        Assert.True(NaturalOrder.Instance.Compare(second, first) > 0);
        Assert.Equal(0, NaturalOrder.Instance.Compare(first, first));
    }
}
