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
    [InlineData(100, 16, "3 9 15 22 28 34 40 46 53 59 65 71 77 83 90 96")]
    [InlineData(16, 16, "0 1 2 3 4 5 6 7 8 8 9 10 11 12 13 14")]
    [InlineData(10, 16, "0 1 1 2 2 3 3 4 4 5 6 6 7 7 8 8")]
    [InlineData(1, 16, "0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0")]
    [InlineData(250, 4, "31 93 155 218")]
    [InlineData(300, 8, "18 55 93 130 168 205 242 280")]
    public void Pllava_vectors_of_the_specification(int total, int count, string indices)
        => Assert.Equal(indices, string.Join(' ', PllavaIndices.Choose(total, count, 25)));

    [Theory]
    [InlineData(900, 29.97, 5.2, 11.7, "162 174 186 199 211 223 235 247 260 272 284 296 308 320 333 345")]
    [InlineData(1000, 25, 20.0, 60.0, "515 546 577 609 640 671 702 733 765 796 827 858 889 920 952 983")]
    [InlineData(1000, 25, 50.0, 60.0, "999 999 999 999 999 999 999 999 999 999 999 999 999 999 999 999")] // behind the end: the original asks for frames that aren't there
    public void Pllava_bounds_count_frames_by_the_average_rate(int total, double rate, double start, double end, string indices)
        => Assert.Equal(indices, string.Join(' ', PllavaIndices.Choose(total, 16, rate, start, end)));

    [Theory]
    [InlineData(180, 10.0, 40.0, "32 38 43 49 54 60 66 71 77 83 88 94 100 105 111 116")]
    [InlineData(90, null, null, "3 9 14 20 25 31 36 42 47 53 59 64 70 75 81 86")]
    public void Pllava_counts_pictures_of_a_folder_from_1_and_three_a_second(int total, double? start, double? end, string numbers)
    {
        var request = new FrameRequest { Count = 16, Rule = FrameRule.Pllava, Start = start, End = end };
        Assert.Equal(numbers, string.Join(' ', FrameSelector.ChoosePictures("folder", total, request, MediaLimits.Default).Select(index => index + 1)));
    }

    [Fact]
    public void A_start_behind_the_pictures_of_a_folder_is_refused()
    {
        var error = Assert.Throws<MediaException>(() => FrameSelector.ChoosePictures("folder", 9, new FrameRequest { Count = 2, Rule = FrameRule.Pllava, Start = 3 }, MediaLimits.Default));
        Assert.Contains("it lasts 3 s", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rule_of_the_model_holds_where_none_was_asked_for()
    {
        var plain = new FrameRequest { Start = 1 }.WithDefault(16, FrameRule.Pllava);
        Assert.Equal((FrameRule.Pllava, 16, 1.0), (plain.Rule, plain.Count, plain.Start));
        var asked = new FrameRequest { Rule = FrameRule.Every(2) }.WithDefault(16, FrameRule.Pllava);
        Assert.Equal((FrameRule.Every(2), false), (asked.Rule, asked.HasCount));
        Assert.Equal("1 2 3 3", string.Join(' ', FrameSelector.Choose("clip", Uneven, new FrameRequest { Count = 4, Rule = FrameRule.Pllava, Start = 0.2 }, 4.5, MediaLimits.Default)));
    }

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
