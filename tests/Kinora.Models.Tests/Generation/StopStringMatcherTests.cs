using Kinora.Models.Generation;

namespace Kinora.Models.Tests.Generation;

public sealed class StopStringMatcherTests
{
    [Fact]
    public void Text_that_may_begin_a_stop_string_waits()
    {
        var matcher = new StopStringMatcher(["USER:"]);
        Assert.Equal("Hello ", matcher.Push("Hello US"));
        Assert.Equal("USA! ", matcher.Push("A! "));
        Assert.Equal("", matcher.Push("U"));
        Assert.Equal("", matcher.Push("SE"));
        Assert.Equal("", matcher.Push("R"));
        Assert.False(matcher.Stopped);
        Assert.Equal("", matcher.Push(": more"));
        Assert.True(matcher.Stopped);
        Assert.Equal("", matcher.Push("never"));
        Assert.Equal("", matcher.Finish());
    }

    [Fact]
    public void What_waits_at_the_end_is_given_back()
    {
        var matcher = new StopStringMatcher(["###", "\n\n"]);
        Assert.Equal("a", matcher.Push("a##"));
        Assert.Equal("##", matcher.Finish());
        Assert.False(matcher.Stopped);
        Assert.Equal("ab", new StopStringMatcher([]).Push("ab"));
        Assert.Throws<GenerationException>(() => new StopStringMatcher([""]));
    }

    [Fact]
    public void The_cut_does_not_depend_on_the_borders_of_the_pieces()
    {
        string[] stops = ["abcd", "bc", "aab", "ddd"];
        var random = new Random(5);
        var stopped = 0;
        for (var round = 0; round < 3000; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 16)).Select(_ => "abcd"[random.Next(4)]));

            // The prefix that first ends with a stop string, without the longest one it ends with.
            var expected = text;
            for (var length = 1; length <= text.Length; length++)
            {
                var found = stops.Where(stop => text[..length].EndsWith(stop, StringComparison.Ordinal)).ToList();
                if (found.Count > 0)
                {
                    expected = text[..(length - found.Max(stop => stop.Length))];
                    stopped++;
                    break;
                }
            }

            var matcher = new StopStringMatcher(stops);
            var given = "";
            for (var start = 0; start < text.Length;)
            {
                var stop = Math.Min(text.Length, start + random.Next(1, 5));
                given += matcher.Push(text[start..stop]);
                start = stop;
            }

            Assert.Equal(expected, given + matcher.Finish());
        }

        Assert.InRange(stopped, 500, 2900);
    }
}
