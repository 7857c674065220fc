namespace Kinora.Media.Tests;

/// <summary>Tarsier2's frame choice and its sharing out, on the vectors of the specification and by their properties.</summary>
public sealed class Tarsier2FramesTests
{
    [Theory]
    [InlineData(false, 40, 16, "0 3 5 8 10 13 16 18 21 23 26 29 31 34 36 39")]
    [InlineData(true, 40, 16, "1 4 7 10 13 16 19 22 24 26 28 30 32 34 36 38")]
    [InlineData(true, 10, 4, "1 4 6 8")]
    [InlineData(false, 84, 16, "0 6 11 17 22 28 33 39 44 50 55 61 66 72 77 83")]
    [InlineData(true, 84, 16, "2 8 14 20 26 31 36 41 46 51 56 61 66 71 76 81")]
    [InlineData(false, 3, 8, "0 1 2")]
    [InlineData(true, 3, 8, "0 1 2")]
    [InlineData(false, 9, 1, "0")]
    [InlineData(true, 9, 1, "4")]
    [InlineData(false, 6, 3, "0 2 5")]
    [InlineData(true, 6, 3, "0 2 4")]
    public void Vectors_of_the_specification(bool middles, int total, int count, string indices)
        => Assert.Equal(indices, string.Join(' ', new Tarsier2Frames { Middles = middles }.Choose(total, 25, count)));

    [Fact]
    public void No_frame_comes_twice_and_all_come_if_they_are_few()
    {
        var random = new Random(1);
        for (var round = 0; round < 2000; round++)
        {
            var (total, count, middles) = (random.Next(1, 300), random.Next(1, 40), random.Next(2) == 0);
            var chosen = new Tarsier2Frames { Middles = middles }.Choose(total, 25, count);
            Assert.Equal(Math.Min(total, count), chosen.Length);
            Assert.All(chosen.Zip(chosen.Skip(1)), pair => Assert.True(pair.First < pair.Second));
            Assert.InRange(chosen[^1], 0, total - 1);
        }
    }

    [Fact]
    public void Bounds_are_rounded_to_frames_and_stay_inside()
    {
        Assert.Equal([50, 75, 100], Bounded(151, 2.0, 4.0, 3));
        Assert.Equal([2, 3, 4], Bounded(100, 0.1, 0.18, 8)); // 2.5 and 4.5 go to the even frames
        Assert.Equal([96, 97, 98, 99], Bounded(100, 3.84, 4.0, 8)); // frame 100 would be behind the last
        Assert.Equal([99], Bounded(100, 50, 60, 8));

        static int[] Bounded(int total, double start, double end, int count) => new Tarsier2Frames { Bounds = (start, end) }.Choose(total, 25, count);
    }

    [Fact]
    public void A_rate_counts_frames_and_gives_way_if_they_are_too_many()
    {
        Assert.Equal([0, 12, 24, 36], new Tarsier2Frames { Rate = 2 }.Choose(40, 25, 16)); // 12.5 goes to the even number
        Assert.Equal([0, 20, 39], new Tarsier2Frames { Rate = 2 }.Choose(40, 25, 3));
        Assert.Equal([0, 1, 2], new Tarsier2Frames { Rate = 1000 }.Choose(3, 25, 3));
    }

    [Fact]
    public void Times_name_frames_and_those_outside_are_left_out()
        => Assert.Equal([25, 0, 99], new Tarsier2Frames { Times = [1.0, 0.0, 4.0, 4.1, 9.0] }.Choose(100, 25, 1));

    [Fact]
    public void The_selector_knows_both_rules()
    {
        var frames = new FrameTimes([.. Enumerable.Range(0, 40).Select(i => (long?)i)], new Rational(1, 10), 10, 1);
        Assert.Equal([0, 13, 26, 39], Choose("distinct", 4));
        Assert.Equal([4, 14, 24, 34], Choose("middles", 4));
        Assert.Equal(40, Choose("distinct", 64).Length);
        Assert.Equal([20, 30, 39], Choose("distinct", 3, start: 2));
        Assert.Equal([0, 5, 10], Choose("distinct", 3, end: 1));
        Assert.Equal([0, 1, 2], FrameSelector.ChoosePictures("folder", 3, new FrameRequest { Count = 8, Rule = FrameRule.Distinct }, MediaLimits.Default));

        int[] Choose(string rule, int count, double? start = null, double? end = null)
            => FrameSelector.Choose("clip", frames, new FrameRequest { Rule = FrameRule.Parse(rule), Count = count, Start = start, End = end }, 10, MediaLimits.Default);
    }

    [Fact]
    public void What_a_request_leaves_open_is_the_models()
    {
        var request = new FrameRequest { Start = 1 }.WithDefault(16, FrameRule.Distinct);
        Assert.Equal((16, FrameRule.Distinct, 1.0), (request.Count, request.Rule, request.Start));
        var asked = new FrameRequest { Count = 3, Rule = FrameRule.Segments }.WithDefault(16, FrameRule.Distinct);
        Assert.Equal((3, FrameRule.Segments), (asked.Count, asked.Rule));
        Assert.False(new FrameRequest { Rule = FrameRule.Every(2) }.WithDefault(16, FrameRule.Distinct).HasCount);
        Assert.Equal(FrameRule.Uniform, new FrameRequest().WithDefault(16).Rule);
    }

    public static TheoryData<FrameShare[], int, int, int, string> Shares => new()
    {
        { [FrameShare.Video()], 16, 256, 1, "16" },
        { [FrameShare.Video(), FrameShare.Video()], 16, 256, 1, "8 8" },
        { [FrameShare.Video(), FrameShare.Video(), FrameShare.Video()], 16, 256, 1, "6 5 5" },
        { [FrameShare.Video(), FrameShare.Video(), FrameShare.Video(), FrameShare.Video(), FrameShare.Video()], 16, 256, 1, "4 3 3 3 3" },
        { [FrameShare.Picture, FrameShare.Video(), FrameShare.Picture, FrameShare.Video()], 9, 256, 1, "1 4 1 3" },
        { [FrameShare.Named(5), FrameShare.Video(2)], 16, 256, 1, "5 11" },
        { [FrameShare.Named(20), FrameShare.Video(3)], 16, 256, 1, "20 3" },
        { [FrameShare.Video(256), FrameShare.Video()], 16, 256, 1, "256 0" }, // one names a rate
        { [FrameShare.Video(256), FrameShare.Video(6)], 16, 256, 1, "253 3" },
        { [FrameShare.Named(300), FrameShare.Video(2)], 16, 256, 1, "300 0" },
        { [FrameShare.Video(), FrameShare.Named(3)], 16, 256, 4, "16 3" },
        { [FrameShare.Picture], 16, 256, 1, "1" },
        { [], 16, 256, 1, "" },
    };

    [Theory]
    [MemberData(nameof(Shares))]
    public void Frames_are_shared_out_in_turn(FrameShare[] parts, int wanted, int most, int multiple, string counts)
        => Assert.Equal(counts, string.Join(' ', FrameShare.Divide(parts, wanted, most, multiple)));
}
