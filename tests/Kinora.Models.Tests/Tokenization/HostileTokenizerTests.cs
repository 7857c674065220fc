using System.Text.Json.Nodes;
using Kinora.Models.Tokenization;

namespace Kinora.Models.Tests.Tokenization;

public sealed class HostileTokenizerTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData("model.merges", """["a zz"]""", "\"zz\" is none")]
    [InlineData("model.merges", """["b a"]""", "\"ba\" is none")]
    [InlineData("model.merges", """["ab"]""", "two pieces")]
    [InlineData("model.merges", """["a b c"]""", "two pieces")]
    [InlineData("model.merges", """[["a"]]""", "two pieces")]
    [InlineData("model.merges", """[[1, 2]]""", "a text")]
    [InlineData("model.merges", """{"a": "b"}""", "a list")]
    [InlineData("model.vocab", """{"a": 0, "b": 2}""", "no piece for id 1")]
    [InlineData("model.vocab", """{"a": 0, "b": 0}""", "an id of its own")]
    [InlineData("model.vocab", """{"a": -1}""", "whole number")]
    [InlineData("model.vocab", """{"a": 1.5}""", "whole number")]
    [InlineData("model.vocab", """{"a": "1"}""", "whole number")]
    [InlineData("model.vocab", """{"a": 2000000000}""", "whole number")]
    [InlineData("model.vocab", """[["a", -1.0]]""", "an object")]
    [InlineData("model.type", "\"Unigram\"", "the model BPE")]
    [InlineData("model.unk_token", "\"nope\"", "a piece of the vocabulary")]
    [InlineData("model.dropout", "0.1", "null")]
    [InlineData("model.end_of_word_suffix", "\"</w>\"", "not supported")]
    [InlineData("model.byte_fallback", "1", "true or false")]
    [InlineData("normalizer", """{"type": "Lowercase"}""", "one of the normalisers")]
    [InlineData("normalizer", """{"type": "Replace", "pattern": {"Regex": "("}, "content": ""}""", "regular expression")]
    [InlineData("normalizer", """{"type": "Replace", "pattern": {"String": ""}, "content": ""}""", "isn't empty")]
    [InlineData("normalizer", """{}""", "normalizer.type is missing")]
    [InlineData("pre_tokenizer", """{"type": "Bert"}""", "one of the pre-tokenisers")]
    [InlineData("pre_tokenizer", """{"type": "Split", "pattern": {"Regex": "[a-"}, "behavior": "Isolated"}""", "is not understood")]
    [InlineData("pre_tokenizer", """{"type": "Split", "pattern": {"Regex": "a"}, "behavior": "Odd"}""", "one of Isolated")]
    [InlineData("pre_tokenizer", """{"type": "Metaspace", "prepend_scheme": "often"}""", "always, first or never")]
    [InlineData("pre_tokenizer", """{"type": "Metaspace", "replacement": "ab"}""", "a single character")]
    [InlineData("post_processor", """{"type": "Roberta"}""", "one of the post-processors")]
    [InlineData("post_processor", """{"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<s>"}}, {"Sequence": {"id": "A"}}], "special_tokens": {}}""", "<s> is missing")]
    [InlineData("post_processor", """{"type": "TemplateProcessing", "single": [], "special_tokens": {}}""", "exactly once")]
    [InlineData("decoder", """{"type": "CTC"}""", "one of the decoders")]
    [InlineData("decoder", """{"type": "Strip", "content": " ", "start": -1, "stop": 0}""", "whole number")]
    [InlineData("added_tokens", """[{"id": 3, "content": "<x>"}, {"id": 3, "content": "<y>"}]""", "id 3 is added as")]
    [InlineData("added_tokens", """[{"id": 11, "content": "<x>"}, {"id": 12, "content": "<x>"}]""", "added as 11 and as 12")]
    [InlineData("added_tokens", """[{"id": 11, "content": "ab"}]""", "is piece 5 but added as 11")]
    [InlineData("added_tokens", """[{"id": 11, "content": ""}]""", "a text of 1 to 512")]
    [InlineData("added_tokens", """[{"content": "<x>"}]""", "id is missing")]
    [InlineData("added_tokens", "7", "a list")]
    [InlineData("post_processor", """{"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "s"}}, {"Sequence": {"id": "A"}}], "special_tokens": {"s": {"ids": [2147483647]}}}""", "whole number")]
    [InlineData("post_processor", """{"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "s"}}, {"Sequence": {"id": "A"}}], "special_tokens": {"s": {"ids": [7000000]}}}""", "which is no token")]
    public void A_bad_value_is_named(string key, string value, string reason)
    {
        var json = SmallTokenizer.Json();
        var parts = key.Split('.');
        (parts.Length == 2 ? json[parts[0]]! : json)[parts[^1]] = JsonNode.Parse(value);
        Refused(json.ToJsonString(), reason);
    }

    [Theory]
    [InlineData("", "no valid JSON")]
    [InlineData("[]", "object was expected")]
    [InlineData("{}", "model is missing")]
    [InlineData("{\"model\": 3}", "an object")]
    [InlineData("{\"model\": {\"vocab\": {\"a\": 0, \"a\": 1}, \"merges\": []}}", "no valid JSON")]
    [InlineData("{\"model\": {\"vocab\": {\"\\ud800\": 0}, \"merges\": []}}", "")]
    public void A_file_that_is_no_tokenizer_is_refused(string json, string reason) => Refused(json, reason);

    [Fact]
    public void Deep_nesting_is_refused()
    {
        Refused(new string('[', 1_000_000), "no valid JSON");
        var deep = "{\"type\":\"Sequence\",\"normalizers\":[";
        Refused("{\"normalizer\":" + string.Concat(Enumerable.Repeat(deep, 50_000)), "no valid JSON");
    }

    [Fact]
    public void Steps_that_make_a_text_grow_without_end_are_refused()
    {
        static string Times(string step, int count) => string.Join(',', Enumerable.Repeat(step, count));
        var grow = """{"type": "Replace", "pattern": {"String": "a"}, "content": "aaaaaaaaaaaaaaaa"}""";
        var tokenizer = SmallTokenizer.Load(json => json["normalizer"] = JsonNode.Parse("{\"type\": \"Sequence\", \"normalizers\": [" + Times(grow, 30) + "]}"));
        Assert.Contains("makes more than", Assert.Throws<TokenizerException>(() => tokenizer.Encode("a", false)).Message);
        tokenizer = SmallTokenizer.Load(json => json["decoder"] = JsonNode.Parse("{\"type\": \"Sequence\", \"decoders\": [" + Times(grow, 30) + "]}"));
        Assert.Contains("characters of one token", Assert.Throws<TokenizerException>(() => tokenizer.Decode([1], false)).Message);

        var json = SmallTokenizer.Json();
        json["normalizer"] = JsonNode.Parse("{\"type\": \"Sequence\", \"normalizers\": [" + Times("""{"type": "NFC"}""", 65) + "]}");
        Refused(json.ToJsonString(), "at most 64 steps");
        json["normalizer"] = new JsonObject { ["type"] = "Prepend", ["prepend"] = new string('z', 20_000_000) };
        Refused(json.ToJsonString(), "at most 512 characters");
        json = SmallTokenizer.Json();
        json["post_processor"] = JsonNode.Parse("""{"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "s"}}, {"Sequence": {"id": "A"}}], "special_tokens": {"s": {"ids": [""" + Times("1", 1_000_000) + "]}}}");
        Refused(json.ToJsonString(), "at most 64 ids around a text");
    }

    [Theory]
    [InlineData("normalizer", """{"type": "Replace", "pattern": {"Regex": "^(a+)+$"}, "content": "x"}""")]
    [InlineData("pre_tokenizer", """{"type": "Split", "pattern": {"Regex": "^(a+)+$"}, "behavior": "Isolated"}""")]
    public void A_pattern_that_never_ends_is_the_files_fault(string key, string step)
    {
        var tokenizer = SmallTokenizer.Load(json => json[key] = JsonNode.Parse(step));
        Assert.Contains("endless backtracking", Assert.Throws<TokenizerException>(() => tokenizer.Encode(new string('a', 60) + "b", false)).Message);
    }

    [Fact]
    public void Settings_that_contradict_the_tokenizer_are_refused()
    {
        foreach (var (file, text, reason) in new[]
        {
            ("added_tokens.json", """{"<image>": 7}""", "added as"),
            ("added_tokens.json", """{"<new>": "x"}""", "whole number"),
            ("tokenizer_config.json", """{"added_tokens_decoder": {"x": {"content": "<a>"}}}""", "expected an id"),
            ("tokenizer_config.json", """{"add_bos_token": "yes"}""", "true or false"),
            ("special_tokens_map.json", """{"bos_token": 3}""", "a text"),
        })
        {
            using var copy = new TemporaryDirectory();
            copy.CopyFrom(Fixture.At("tokenizers", "llama-spm"));
            copy.Write(file, text);
            Assert.Contains(reason, Assert.Throws<TokenizerException>(() => Tokenizer.Load(copy.Path)).Message);
        }
    }

    [Fact]
    public void A_directory_without_tokenizer_is_refused()
        => Assert.Contains("expected tokenizer.json or tokenizer.model", Assert.Throws<TokenizerException>(() => Tokenizer.Load(directory.Path)).Message);

    [Fact]
    public void A_pattern_that_backtracks_without_end_is_stopped_or_answers()
        => Assert.NotEmpty(SmallTokenizer.Load(json => json["pre_tokenizer"] = JsonNode.Parse("""{"type": "Split", "pattern": {"Regex": "(a|a)+b"}, "behavior": "Isolated"}""")).Encode(new string('a', 18), false));

    [Theory]
    [InlineData("llama-spm", "tokenizer.model", 1500)]
    [InlineData("qwen2", "tokenizer_config.json", 300)]
    [InlineData("qwen2", "added_tokens.json", 300)]
    [Trait(Fuzz.Trait, "tokenizer files")]
    public void Mutants_of_tokenizer_files_load_or_fail_with_the_typed_error(string fixture, string file, int mutants)
    {
        directory.CopyFrom(Fixture.At("tokenizers", fixture));
        if (file == "tokenizer.model")
        {
            File.Delete(directory.File("tokenizer.json"));
        }

        var sound = File.ReadAllBytes(directory.File(file));
        Fuzz.Run(file, mutants, random =>
        {
            directory.Write(file, Mutation.Of(sound, random));
            Use(Tokenizer.Load(directory.Path));
        }, error => error is TokenizerException);
    }

    [Fact]
    [Trait(Fuzz.Trait, "tokenizer.json")]
    public void Mutants_of_a_tokenizer_load_or_fail_with_the_typed_error()
    {
        var sound = SmallTokenizer.Json().ToJsonString();
        Fuzz.Run("tokenizer.json", 4000, random => Use(Tokenizer.LoadJson(directory.Write("small.json", Fuzz.Damage(sound, random)))), error => error is TokenizerException);
    }

    private static void Use(Tokenizer tokenizer) => tokenizer.Decode(tokenizer.Encode("Hello abc <end> \u6c34", true), false);

    private void Refused(string json, string reason)
    {
        var path = directory.Write("tokenizer.json", json);
        var error = Assert.Throws<TokenizerException>(() => Tokenizer.LoadJson(path));
        Assert.StartsWith(path, error.Message);
        Assert.Contains(reason, error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }
}
