namespace Kinora.Media.Tests;

/// <summary>Writing and reading frame rules, and what is wrong with requests.</summary>
public sealed class FrameRuleTests
{
    [Theory]
    [InlineData("uniform", "uniform")]
    [InlineData(" Segments ", "segments")]
    [InlineData("distinct", "distinct")]
    [InlineData("Middles", "middles")]
    [InlineData("every:0.5", "every:0.5")]
    [InlineData("EVERY: 2", "every:2")]
    [InlineData("at:0,1.25, 3", "at:0,1.25,3")]
    public void Rules_are_read_and_written(string text, string canonical)
    {
        var rule = FrameRule.Parse(text);
        Assert.Equal(canonical, rule.ToString());
        Assert.Equal(rule, FrameRule.Parse(canonical));
    }

    [Theory]
    [InlineData("", "no such rule")]
    [InlineData("random", "no such rule")]
    [InlineData("uniform:3", "no such rule")]
    [InlineData("every", "seconds are missing")]
    [InlineData("every:", "'' is no number")]
    [InlineData("every:0", "'0' is no positive")]
    [InlineData("every:-1", "'-1' is no number")]
    [InlineData("every:1e9", "'1e9' is no number")]
    [InlineData("every:NaN", "'NaN' is no number")]
    [InlineData("at", "times are missing")]
    [InlineData("at:1,,2", "'' is no number")]
    [InlineData("at:1,-2", "'-2' is no number")]
    [InlineData("at:1\u001b[31m", "'1?[31m' is no number")]
    public void Wrong_rules_are_one_clear_line(string text, string part)
    {
        var error = Assert.Throws<FormatException>(() => FrameRule.Parse(text));
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.Contains("uniform, distinct, middles, segments, pllava, every:SECONDS or at:T,T,...", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(error.Message, char.IsControl);
    }

    public static TheoryData<FrameRequest, string> WrongRequests => new()
    {
        { new FrameRequest { Count = 0 }, "0 frames are asked for" },
        { new FrameRequest { Count = -3 }, "-3 frames are asked for" },
        { new FrameRequest { Count = 1_000_000_000 }, "possible are 1 to 4096" },
        { new FrameRequest { Start = -1 }, "the start is -1 s" },
        { new FrameRequest { Start = double.NaN }, "the start is NaN s" },
        { new FrameRequest { End = 0 }, "the end is 0 s" },
        { new FrameRequest { Start = 2, End = 1 }, "the end 1 s lies before the start 2 s" },
        { new FrameRequest { Rule = FrameRule.At(1), Start = 1 }, "can't be combined" },
        { new FrameRequest { Rule = FrameRule.At(1, 99) }, "the time 99 s lies behind the end, it lasts 2.5 s" },
        { new FrameRequest { Rule = FrameRule.Segments, Start = 3 }, "the start 3 s lies behind the end" },
    };

    [Theory]
    [MemberData(nameof(WrongRequests))]
    public async Task Wrong_requests_name_the_value(FrameRequest request, string part)
    {
        var path = Fixture.Video("cfr_h264.mp4");
        var error = await Assert.ThrowsAsync<MediaException>(() => new MediaReader().ReadAsync(path, request));
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rule_made_from_wrong_numbers_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => FrameRule.Every(0));
        Assert.Throws<ArgumentException>(() => FrameRule.At());
        Assert.Throws<ArgumentException>(() => FrameRule.At(-1));
    }

    [Fact]
    public void A_models_own_number_counts_only_where_none_was_asked_for()
    {
        Assert.Equal(16, new FrameRequest().WithDefault(16).Count);
        Assert.Equal(3, new FrameRequest { Count = 3 }.WithDefault(16).Count);
        Assert.False(new FrameRequest { Rule = FrameRule.Every(2) }.WithDefault(16).HasCount);
    }
}
