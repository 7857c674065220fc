using System.Text.Json.Nodes;
using Kinora.Models.Tokenization;

namespace Kinora.Models.Tests.Tokenization;

/// <summary>Compares with what the original library's fast tokenizers gave for the same files.</summary>
public sealed class VectorTests
{
    [Theory]
    [InlineData("llama-spm", 349)]
    [InlineData("llama-spm-nonlegacy", 349)]
    [InlineData("yi", 358)]
    [InlineData("qwen2", 359)]
    [InlineData("llama3", 404)]
    public void Texts_encode_and_decode_as_in_the_original(string name, int count)
    {
        var tokenizer = Tokenizer.Load(Fixture.At("tokenizers", name));
        var vectors = Read(name, "vectors.json");
        Assert.Equal(count, vectors.Count);
        var wrong = new List<string>();
        foreach (var vector in vectors)
        {
            VectorCheck.Text(tokenizer, vector!, wrong);
        }

        Assert.True(wrong.Count == 0, string.Join("\n", wrong.Take(10)));
    }

    [Theory]
    [InlineData("llama-spm", 0)]
    [InlineData("llama-spm-nonlegacy", 31)]
    [InlineData("yi", 5)]
    public void A_sentencepiece_model_does_as_the_slow_tokenizer(string name, int different)
    {
        using var directory = new TemporaryDirectory();
        directory.CopyFrom(Fixture.At("tokenizers", name));
        File.Delete(directory.File("tokenizer.json"));
        var tokenizer = Tokenizer.Load(directory.Path);
        var wrong = new List<string>();
        foreach (var vector in Read(name, "vectors.json"))
        {
            if (vector!["ids_slow"] is { } slow)
            {
                different--;
                Assert.Equal(VectorCheck.Numbers(slow), tokenizer.Encode(vector["text"]!.GetValue<string>(), false));
                continue;
            }

            VectorCheck.Text(tokenizer, vector, wrong);
        }

        Assert.Equal(0, different);
        Assert.True(wrong.Count == 0, string.Join("\n", wrong.Take(10)));
    }

    [Theory]
    [InlineData("llama-spm")]
    [InlineData("llama-spm-nonlegacy")]
    [InlineData("yi")]
    [InlineData("qwen2")]
    [InlineData("llama3")]
    public void Ids_in_any_order_decode_as_in_the_original(string name)
    {
        var tokenizer = Tokenizer.Load(Fixture.At("tokenizers", name));
        var sequences = Read(name, "id_sequences.json");
        Assert.Equal(40, sequences.Count);
        var wrong = new List<string>();
        foreach (var sequence in sequences)
        {
            VectorCheck.Ids(tokenizer, sequence!, wrong);
        }

        Assert.True(wrong.Count == 0, string.Join("\n", wrong.Take(10)));
    }

    [Theory]
    [InlineData("tarsier-7b")]
    [InlineData("tarsier-34b")]
    [InlineData("tarsier-7b-bf16")]
    public void Tarsier_tokenizers_do_as_the_original_program(string name)
    {
        var tokenizer = Tokenizer.Load(Fixture.At(name, "checkpoint"));
        var expected = JsonNode.Parse(File.ReadAllText(Fixture.At(name, "expected-tokenizer.json")))!;
        var (encode, decode) = (expected["encode"]!.AsArray(), expected["decode"]!.AsArray());
        Assert.True(encode.Count > 10 && decode.Count > 5);
        foreach (var item in encode)
        {
            var text = item!["text"]!.GetValue<string>();
            var ids = VectorCheck.Numbers(item["ids"]!);
            Assert.Equal(ids, tokenizer.Encode(text, true));
            Assert.Equal(VectorCheck.Numbers(item["ids_plain"]!), tokenizer.Encode(text, false));
            Assert.Equal(item["decoded"]!.GetValue<string>(), tokenizer.Decode(ids, false));
            Assert.Equal(item["decoded_skip"]!.GetValue<string>(), tokenizer.Decode(ids, true));
        }

        foreach (var item in decode)
        {
            var ids = VectorCheck.Numbers(item!["ids"]!);
            Assert.Equal(item["decoded"]!.GetValue<string>(), tokenizer.Decode(ids, false));
            Assert.Equal(item["decoded_skip"]!.GetValue<string>(), tokenizer.Decode(ids, true));
        }
    }

    private static JsonArray Read(string name, string file) => JsonNode.Parse(File.ReadAllText(Fixture.At("tokenizers", name, file)))!.AsArray();
}
