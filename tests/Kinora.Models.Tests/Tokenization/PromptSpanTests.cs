using System.Text;
using Kinora.Models.Tokenization;

namespace Kinora.Models.Tests.Tokenization;

public sealed class PromptSpanTests
{
    private static readonly string[] tokenizers = ["llama-spm", "llama-spm-nonlegacy", "yi", "qwen2", "llama3"];

    [Fact]
    public void A_special_token_counts_only_inside_matching_spans()
    {
        var tokenizer = Tokenizer.Load(Fixture.At("tokenizers", "qwen2"));
        var end = tokenizer.IdOf("<|im_end|>")!.Value;
        Assert.Contains(end, tokenizer.Encode("a<|im_end|>b", false));
        var typed = tokenizer.Encode([new("a<|im_end|>b", false)], false);
        Assert.DoesNotContain(typed, tokenizer.IsSpecial);
        Assert.Equal("a<|im_end|>b", tokenizer.Decode(typed, true));
        Assert.DoesNotContain(end, tokenizer.Encode([new("a<|im_", true), new("end|>b", false)], false));
        Assert.DoesNotContain(end, tokenizer.Encode([new("a<|im_", false), new("end|>b", true)], false));
        Assert.Contains(end, tokenizer.Encode([new("a<|im_", true), new("end|>b", true)], false));
        Assert.Single(tokenizer.Encode([new("<|im_end|>", false), new("<|im_end|>", true), new("<|im_end|>", false)], false), end);
    }

    [Fact]
    public void A_longer_token_that_is_not_allowed_gives_way_to_a_shorter_one()
    {
        var tokenizer = SmallTokenizer.Load(json => json["added_tokens"]!.AsArray().Add(SmallTokenizer.Added(11, "<end><end>", "special")));
        Assert.Equal([11], tokenizer.Encode("<end><end>", false));
        Assert.Equal(10, tokenizer.Encode([new("<end>", true), new("<end>", false)], false)[0]);
    }

    [Fact]
    public void Borders_do_not_change_how_ordinary_text_is_cut()
    {
        var random = new Random(11);
        const string Alphabet = "ab  helo'stdn\n\t12水é\u0301\U00020BB7 the of ing ";
        foreach (var name in tokenizers)
        {
            var tokenizer = Tokenizer.Load(Fixture.At("tokenizers", name));
            for (var round = 0; round < 200; round++)
            {
                var text = new StringBuilder();
                var runes = Alphabet.EnumerateRunes().ToArray();
                for (var length = random.Next(1, 30); length > 0; length--)
                {
                    text.Append(runes[random.Next(runes.Length)]);
                }

                var whole = text.ToString();
                var spans = new List<PromptSpan>();
                for (var start = 0; start < whole.Length;)
                {
                    var stop = random.Next(start, whole.Length) + 1;
                    spans.Add(new PromptSpan(whole[start..stop], random.Next(2) == 0));
                    start = stop;
                }

                Assert.Equal(tokenizer.Encode(whole, true), tokenizer.Encode(spans, true));
            }
        }
    }

    [Fact]
    public void Tokens_searched_in_normalised_text_keep_to_spans_too()
    {
        var tokenizer = SmallTokenizer.Load(json =>
        {
            json["normalizer"] = System.Text.Json.Nodes.JsonNode.Parse("""{"type":"NFC"}""");
            json["added_tokens"]!.AsArray().Add(SmallTokenizer.Added(11, "é!", "normalized"));
        });
        Assert.Equal([1, 11, 2], tokenizer.Encode("ae\u0301!b", false));
        Assert.Equal([1, 9, 0, 2], tokenizer.Encode([new("a", true), new("e\u0301!b", false)], false));
        Assert.Equal([1, 9, 0, 2], tokenizer.Encode([new("ae", true), new("\u0301!b", false)], false));
        Assert.Equal([1, 11, 2], tokenizer.Encode([new("a", false), new("e\u0301!", true), new("b", false)], false));
    }

    [Fact]
    public void Flags_of_added_tokens_are_followed()
    {
        static int[] Encode(string text, params string[] flags)
            => SmallTokenizer.Load(json => json["added_tokens"]!.AsArray().Add(SmallTokenizer.Added(11, "cab", flags))).Encode(text, false);

        Assert.Equal([1, 4, 4, 11, 4, 2], Encode("a  cab b"));
        Assert.Equal([1, 11, 4, 2], Encode("a  cab b", "lstrip"));
        Assert.Equal([1, 4, 4, 11, 2], Encode("a  cab b", "rstrip"));
        Assert.Equal([1, 4, 4, 11, 4, 2], Encode("a  cab b", "single_word"));
        Assert.Equal([11, 2], Encode("cabb"));
        Assert.Equal([3, 5, 2], Encode("cabb", "single_word"));
        Assert.Equal([11, 11], Encode("cab \n cab", "lstrip", "rstrip"));
    }
}
