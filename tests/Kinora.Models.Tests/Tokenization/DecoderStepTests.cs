using System.Text.Json.Nodes;
using Kinora.Models.Tokenization;

namespace Kinora.Models.Tests.Tokenization;

public sealed class DecoderStepTests
{
    [Theory]
    [InlineData("""{"type":"Fuse"}""", "a| b |c", "a b c")]
    [InlineData("null", "a|b|c", "a b c")]
    [InlineData("""{"type":"Replace","pattern":{"String":"_"},"content":" "}""", "_a|b_|_", " ab  ")]
    [InlineData("""{"type":"Strip","content":" ","start":1,"stop":0}""", "  a| b", " ab")]
    [InlineData("""{"type":"Strip","content":" ","start":0,"stop":1}""", "a  |b ", "a b")]
    [InlineData("""{"type":"Sequence","decoders":[{"type":"Fuse"},{"type":"Strip","content":" ","start":2,"stop":1}]}""", " | | a|b ", " ab")]
    [InlineData("""{"type":"Sequence","decoders":[{"type":"Fuse"},{"type":"Strip","content":" ","start":0,"stop":2}]}""", "a | | ", "a ")]
    [InlineData("""{"type":"ByteFallback"}""", "<0xE6>|<0xB0>|<0xB4>|x|<0xE6>|<0x41>|y", "水x��y")]
    [InlineData("""{"type":"ByteFallback"}""", "<0x4g>|<0x041>", "<0x4g><0x041>")]
    [InlineData("""{"type":"ByteLevel"}""", "æ°|´|Ġx|<\u6c34 >", "水 x<水 >")]
    [InlineData("""{"type":"Metaspace","replacement":"▁","prepend_scheme":"always"}""", "▁a|▁b", "a b")]
    [InlineData("""{"type":"Metaspace","replacement":"▁","prepend_scheme":"never"}""", "▁a|▁b", " a b")]
    [InlineData("""{"type":"Metaspace","replacement":"▁","add_prefix_space":true}""", "▁a|▁b", "a b")]
    public void Steps_do_as_they_say_whole_and_streamed(string decoder, string tokens, string expected)
    {
        var pieces = tokens.Split('|');
        var vocabulary = new JsonObject();
        foreach (var piece in pieces.Distinct())
        {
            vocabulary[piece] = vocabulary.Count;
        }

        var tokenizer = SmallTokenizer.Load(json =>
        {
            json["decoder"] = JsonNode.Parse(decoder);
            json["model"] = new JsonObject { ["type"] = "BPE", ["vocab"] = vocabulary, ["merges"] = new JsonArray() };
            json["added_tokens"] = new JsonArray();
        });
        var ids = pieces.Select(piece => tokenizer.IdOf(piece)!.Value).ToArray();
        Assert.Equal(expected, tokenizer.Decode(ids, false));
        var stream = tokenizer.CreateStream();
        Assert.Equal(expected, string.Concat(ids.Select(stream.Push)) + stream.Finish());
    }

    [Fact]
    public void A_stream_may_show_what_the_whole_would_replace()
    {
        // The run A, E6 is no valid UTF-8: decoded whole, the letter is lost too; a stream has shown it by then.
        var tokenizer = Tokenizer.Load(Fixture.At("tokenizers", "llama-spm"));
        int[] ids = [tokenizer.IdOf("<0x0A>")!.Value, tokenizer.IdOf("<0xE6>")!.Value];
        Assert.Equal("\uFFFD\uFFFD", tokenizer.Decode(ids, false));
        var stream = tokenizer.CreateStream();
        Assert.Equal("\n", stream.Push(ids[0]));
        Assert.Equal("", stream.Push(ids[1]));
        Assert.Equal("\uFFFD", stream.Finish());
    }

    [Theory]
    [InlineData("""{"type":"Metaspace","replacement":"▁","prepend_scheme":"first","split":true}""", "ab c<end>ab", "▁ab|▁c|<end>|ab")]
    [InlineData("""{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":false}""", "ab<end>ab", "▁ab|<end>|▁ab")]
    [InlineData("""{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":false}""", " ab", "▁ab")]
    [InlineData("""{"type":"Metaspace","replacement":"▁","prepend_scheme":"never","split":true}""", "ab ab", "ab|▁ab")]
    [InlineData("""{"type":"Metaspace","add_prefix_space":true}""", "ab c", "▁ab|▁c")]
    [InlineData("""{"type":"Digits","individual_digits":true}""", "a12", "a|1|2")]
    [InlineData("""{"type":"Digits","individual_digits":false}""", "a12", "a|12")]
    public void Pre_tokenisers_mark_and_cut(string preTokenizer, string text, string expected)
    {
        var tokenizer = SmallTokenizer.Load(json =>
        {
            json["pre_tokenizer"] = JsonNode.Parse(preTokenizer);
            var vocabulary = json["model"]!["vocab"]!.AsObject();
            foreach (var piece in new[] { "1", "2", "12", "▁ab", "▁c", "▁" })
            {
                vocabulary[piece] = vocabulary.Count + 1;
            }

            json["model"]!["ignore_merges"] = true;
        });
        Assert.Equal(expected, string.Join('|', tokenizer.Encode(text, false).Select(tokenizer.TokenOf)));
    }
}
