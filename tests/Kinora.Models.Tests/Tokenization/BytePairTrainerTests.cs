using System.Text.Json;
using Kinora.Models.Tokenization;
using Kinora.Models.Tokenization.Learning;

namespace Kinora.Models.Tests.Tokenization;

public sealed class BytePairTrainerTests : IDisposable
{
    private static readonly string[] texts = ["low low low low low", "lower lower", "newest newest newest newest newest newest", "widest widest widest"];

    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public void The_most_frequent_pairs_are_merged_first()
    {
        // Words as the cut gives them, with counts: " newest" 5, "newest" 1, " low" 4, "low" 1, " widest" 2, "widest" 1, " lower" 1, "lower" 1.
        var json = JsonDocument.Parse(BytePairTrainer.Train(texts, 264, 266)).RootElement;
        var merges = json.GetProperty("model").GetProperty("merges").EnumerateArray().Select(merge => merge[0].GetString() + "+" + merge[1].GetString());
        Assert.Equal(["e+s", "es+t", "l+o", "lo+w", "e+w"], merges);
    }

    [Fact]
    public void Any_text_goes_in_and_comes_out_again()
    {
        var tokenizer = Make(300);
        foreach (var text in new[] { "low newest", "  widest\n\nlower ", "Ünïcödé 火 🙂", "<image> <s> </s>", "\0\u001f" })
        {
            Assert.Equal(text, tokenizer.Decode(tokenizer.Encode([new PromptSpan(text, false)], addSpecialTokens: false), skipSpecialTokens: false));
        }

        Assert.Equal(3, tokenizer.Encode("newest low lowest", addSpecialTokens: false).Length - 1); // "newest", " low", " low", "est"
        Assert.Equal(BytePairTrainer.BeginId, tokenizer.Encode("low", addSpecialTokens: true)[0]);
    }

    [Fact]
    public void The_same_texts_in_another_order_give_the_same_tokenizer()
        => Assert.Equal(BytePairTrainer.Train(texts, 290, 292), BytePairTrainer.Train(texts.Reverse(), 290, 292));

    [Fact]
    public void What_cannot_be_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => BytePairTrainer.Train(texts, 258, 300));
        Assert.Throws<ArgumentOutOfRangeException>(() => BytePairTrainer.Train(texts, 300, 300));
    }

    private Tokenizer Make(int image)
    {
        File.WriteAllBytes(directory.File("tokenizer.json"), BytePairTrainer.Train(texts, image, image + 3));
        return Tokenizer.Load(directory.Path);
    }
}
