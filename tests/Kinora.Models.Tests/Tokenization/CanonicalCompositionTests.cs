using System.Text.Json;
using Kinora.Models.Tokenization.Normalizing;

namespace Kinora.Models.Tests.Tokenization;

public sealed class CanonicalCompositionTests
{
    [Fact]
    public void Random_strings_compose_as_ICU_composes_them()
    {
        // Made with ICU 72 by the program that made the tables.
        var pairs = JsonSerializer.Deserialize<string[][]>(File.ReadAllText(Fixture.At("tokenizers", "nfc.json")))!;
        Assert.Equal(600, pairs.Length);
        Assert.All(pairs, pair => Assert.Equal(pair[1], CanonicalComposition.Compose(pair[0])));
        Assert.All(pairs, pair => Assert.Equal(pair[1], CanonicalComposition.Compose(pair[1])));
    }

    [Theory]
    [InlineData("e\u0301", "\u00E9")]
    [InlineData("a\u0323\u0302", "\u1EAD")]
    [InlineData("a\u0302\u0323", "\u1EAD")]
    [InlineData("\u212B", "\u00C5")]
    [InlineData("\u0958", "\u0915\u093C")]
    [InlineData("\u1112\u1161\u11AB", "\uD55C")]
    [InlineData("\uD558\u11AB", "\uD55C")]
    [InlineData("\uFA10", "\u585A")]
    [InlineData("e\u0301\u0301", "\u00E9\u0301")]
    [InlineData("\u0301", "\u0301")]
    [InlineData("plain", "plain")]
    [InlineData("", "")]
    public void Known_cases_compose(string text, string expected) => Assert.Equal(expected, CanonicalComposition.Compose(text));

    [Fact]
    public void Changes_are_reported_for_the_whole_text()
    {
        foreach (var pair in JsonSerializer.Deserialize<string[][]>(File.ReadAllText(Fixture.At("tokenizers", "nfc.json")))!)
        {
            int at = 0, made = 0;
            CanonicalComposition.Compose(pair[0], (start, length, becomes) =>
            {
                Assert.Equal(at, start);
                at += length;
                made += becomes;
            });
            Assert.Equal((pair[0].Length, pair[1].Length), (at, made));
        }
    }
}
