using System.Diagnostics;
using System.Text.Json.Nodes;
using Kinora.Models.Checkpoints;
using Kinora.Models.Tokenization;

namespace Kinora.Models.Tests.Tokenization;

public sealed class TokenizerTests
{
    [Fact]
    public void Ids_names_and_roles_can_be_asked_for()
    {
        var tokenizer = Tokenizer.Load(Fixture.At("tokenizers", "llama-spm"));
        Assert.Equal(822, tokenizer.Count);
        Assert.Equal(1, tokenizer.BeginId);
        Assert.Equal(2, tokenizer.EndId);
        Assert.Equal(820, tokenizer.IdOf("<image>"));
        Assert.Null(tokenizer.IdOf("<video>"));
        Assert.Equal("<pad>", tokenizer.TokenOf(821));
        Assert.Null(tokenizer.TokenOf(822));
        Assert.Null(tokenizer.TokenOf(-1));
        Assert.True(tokenizer.IsSpecial(820));
        Assert.False(tokenizer.IsSpecial(500));
        Assert.Equal("", tokenizer.Decode([822, 99999, -5, int.MaxValue], false));
        Assert.Equal("", tokenizer.CreateStream().Push(99999));

        var llama3 = Tokenizer.Load(Fixture.At("tokenizers", "llama3"));
        Assert.Equal(845, llama3.EndId);
        Assert.Equal(840, llama3.BeginId);
        Assert.Null(Tokenizer.Load(Fixture.At("tokenizers", "qwen2")).BeginId);
    }

    [Fact]
    public void The_toybox_model_sees_the_prompts_that_it_was_trained_on()
    {
        var tokenizer = Tokenizer.Load(Fixture.At("toybox-bootstrap", "checkpoint"));
        var compared = 0;
        foreach (var item in JsonNode.Parse(File.ReadAllText(Fixture.At("toybox-bootstrap", "golden.json")))!["cases"]!.AsArray())
        {
            var path = Fixture.At("toybox-bootstrap", item!["expected"]!.GetValue<string>());
            if (!File.Exists(path))
            {
                continue;
            }

            using var expected = SafetensorsFile.Open(path);
            Assert.Equal(expected.ReadIntegers("input_ids"), tokenizer.Encode(item["prompt"]!.GetValue<string>(), true).Select(id => (long)id));
            var generated = expected.ReadIntegers("generated_ids").Select(id => (int)id).ToArray();
            Assert.Equal(item["text"]!.GetValue<string>(), tokenizer.Decode(generated, true).Trim());
            compared++;
        }

        Assert.Equal(60, compared);
    }

    [Theory]
    [InlineData("llama-spm")]
    [InlineData("qwen2")]
    public void Hard_inputs_encode_in_little_time(string name)
    {
        var tokenizer = Tokenizer.Load(Fixture.At("tokenizers", name));
        var watch = Stopwatch.StartNew();
        foreach (var text in new[] { new string(' ', 200_000), new string('a', 200_000), string.Concat(Enumerable.Repeat("the end. ", 120_000)), string.Concat(Enumerable.Repeat("𠮷👍é", 30_000)) })
        {
            Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text, false), true));
        }

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), $"{watch.Elapsed} for 1.5 MB: something is quadratic.");
    }

    [Theory]
    [InlineData("llama-spm")]
    [InlineData("yi")]
    [InlineData("qwen2")]
    [InlineData("llama3")]
    public void Broken_characters_and_zeros_survive(string name)
    {
        var tokenizer = Tokenizer.Load(Fixture.At("tokenizers", name));
        Assert.Equal("x\uFFFDy\0z\uFFFD", tokenizer.Decode(tokenizer.Encode("x\uD83Dy\0z\uDE00", false), true));
        Assert.Equal("\uFFFD", tokenizer.Decode(tokenizer.Encode("\uD83D", false), true));
        Assert.Equal("\U0001F600", tokenizer.Decode(tokenizer.Encode([new("\uD83D", true), new("\uDE00", false)], false), true));
    }

    [Fact]
    public void A_stream_never_gives_half_a_character()
    {
        foreach (var name in new[] { "llama-spm", "qwen2" })
        {
            var tokenizer = Tokenizer.Load(Fixture.At("tokenizers", name));
            const string Text = "naïve 🦦 水火 𠮷 x";
            var stream = tokenizer.CreateStream();
            var pieces = tokenizer.Encode(Text, true).Select(stream.Push).ToList();
            Assert.DoesNotContain(pieces, piece => piece.Contains('\uFFFD', StringComparison.Ordinal));
            Assert.Contains("", pieces);
            Assert.Equal(Text, string.Concat(pieces) + stream.Finish());
        }
    }

    [Fact]
    public void Begin_and_end_follow_the_settings()
    {
        using var directory = new TemporaryDirectory();
        directory.CopyFrom(Fixture.At("tokenizers", "llama-spm"));
        foreach (var (begin, end) in new[] { (true, true), (false, true), (false, false) })
        {
            var config = JsonNode.Parse(File.ReadAllText(directory.File("tokenizer_config.json")))!;
            config["add_bos_token"] = begin;
            config["add_eos_token"] = end;
            directory.Write("tokenizer_config.json", config.ToJsonString());
            var tokenizer = Tokenizer.Load(directory.Path);
            int[] plain = tokenizer.Encode("hello", false);
            int[] expected = [.. begin ? [1] : Array.Empty<int>(), .. plain, .. end ? [2] : Array.Empty<int>()];
            Assert.Equal(expected, tokenizer.Encode("hello", true));
        }
    }

    [Fact]
    public void Words_that_are_pieces_can_go_before_merges()
    {
        Assert.Equal([1, 2, 3], SmallTokenizer.Load(json => json["model"]!["merges"] = new JsonArray()).Encode("abc", false));
        Assert.Equal([7], SmallTokenizer.Load(json =>
        {
            json["model"]!["merges"] = new JsonArray();
            json["model"]!["ignore_merges"] = true;
        }).Encode("abc", false));
    }

    [Fact]
    public void Merges_go_by_rank_then_from_the_left()
    {
        var tokenizer = SmallTokenizer.Load(_ => { });
        Assert.Equal([7], tokenizer.Encode("abc", false));
        Assert.Equal([5, 1], tokenizer.Encode("aba", false));
        Assert.Equal([8, 3], tokenizer.Encode("ccc", false));
        Assert.Equal([0, 1, 0], tokenizer.Encode("xya水火", false));
        Assert.Equal([0, 0, 1], SmallTokenizer.Load(json => json["model"]!["fuse_unk"] = false).Encode("xya", false));
        Assert.Equal([1], SmallTokenizer.Load(json => json["model"]!["unk_token"] = null).Encode("xya", false));
    }

    [Fact]
    public void Pre_tokenisers_cut_as_they_say()
    {
        static int Pieces(string preTokenizer, string text)
            => SmallTokenizer.Load(json =>
            {
                json["pre_tokenizer"] = JsonNode.Parse(preTokenizer);
                json["model"]!["ignore_merges"] = true;
            }).Encode(text, false).Length;

        Assert.Equal(1, Pieces("""{"type":"Split","pattern":{"String":" "},"behavior":"Removed","invert":false}""", " ab "));
        Assert.Equal(3, Pieces("""{"type":"Split","pattern":{"String":" "},"behavior":"Isolated","invert":false}""", " ab "));
        Assert.Equal(2, Pieces("""{"type":"Split","pattern":{"Regex":"b"},"behavior":"MergedWithPrevious","invert":false}""", "abc"));
        Assert.Equal(2, Pieces("""{"type":"Split","pattern":{"Regex":"b"},"behavior":"MergedWithNext","invert":false}""", "abc"));
        Assert.Equal(2, Pieces("""{"type":"Split","pattern":{"Regex":"c"},"behavior":"Contiguous","invert":false}""", "abcc"));
        Assert.Equal(1, Pieces("""{"type":"Split","pattern":{"Regex":"[abc]+"},"behavior":"Removed","invert":true}""", " abc "));
    }
}
