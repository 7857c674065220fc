using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Kinora.Media;
using Kinora.Models.Checkpoints;
using Kinora.Models.Families;
using Kinora.Models.Generation;
using Kinora.Models.Inputs;
using Kinora.Models.Tests.Verification;
using Kinora.Models.Verification;

namespace Kinora.Models.Tests.Families;

/// <summary>ShareCaptioner-Video beside its golden cases: questions, pictures of any size, files as they are published.</summary>
public sealed class ShareCaptionerTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData(ShareCaptionerPrompt.Fast, "f83d748836881f9180e9b76636acc41b2b942b3ce7498e13f191ebda38c3682a")]
    [InlineData(ShareCaptionerPrompt.First, "58cc31f29172e89efdb705995e147ce7efb89879c114a119606a38f7c7687664")]
    public void Questions_are_those_that_the_model_learned(string question, string fingerprint)
        => Assert.Equal(fingerprint, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(question))));

    [Theory]
    [InlineData("A cat.[UNUSED_TOKEN_145]\nmore", "A cat.")]
    [InlineData(" A cat. <|im_end|> more", "A cat.")]
    [InlineData("A cat.</s>", "A cat.")]
    [InlineData("[UNUSED_TOKEN_145]A cat.", "")]
    [InlineData("A cat.", "A cat.")]
    public void Answers_end_where_the_turn_does(string written, string answer) => Assert.Equal(answer, ShareCaptionerPrompt.Answer(written));

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3000, 2)]
    [InlineData(2, 3000)]
    [InlineData(57, 56)]
    public void Pictures_of_any_size_are_planned_as_they_are_prepared(int width, int height)
    {
        using var model = ModelLoader.Load(Fixture.At("sharecaptioner", "checkpoint"));
        VisualMedia[] media = [new([Picture(width, height)], IsVideo: false), new([.. Enumerable.Range(0, 3).Select(_ => Picture(width, height))], IsVideo: true)];
        using var input = model.Prepare(media);
        Assert.Equal(model.Plan([.. media.Select(one => one.Shape)]).Tokens, input.Layout.Tokens);
        Assert.Equal(model.PixelShape(input.Layout), input.Pixels.Shape);
        using var session = new Session(model);
        using var visual = session.Encode(input);
        Assert.Equal(input.Layout.Tokens, visual.Rows.Shape.Rows);
    }

    [Fact]
    public void Updates_of_layers_concern_pictures_only()
    {
        using var model = ModelLoader.Load(Fixture.At("sharecaptioner", "checkpoint"));
        using var input = model.Prepare([new([Picture(40, 30)], IsVideo: false)]);
        var (text, seen) = (Scores(null), Scores(input));
        var changed = model.Weights.Layers.Values.SelectMany(layer => layer.Adapters).ToList();
        Assert.Equal(5 * model.Decoder.Config.Layers, changed.Count);
        changed.ForEach(update => update.Scale *= 4);
        Assert.Equal(text, Scores(null));
        Assert.NotEqual(seen, Scores(input));

        float[] Scores(VisualInput? picture)
        {
            using var session = new Session(model);
            using var visual = picture is null ? null : session.Encode(picture);
            var ids = model.Tokenize(model.FirstPrompt("What?", picture is null ? [] : [new(1, 40, 30, IsVideo: false)]), begins: true);
            session.Read(model.Expand(ids, picture?.Layout ?? VisualLayout.None), visual);
            return session.Logits.ToArray();
        }
    }

    [Fact]
    public async Task Shards_of_pytorch_give_the_same_within_their_precision()
    {
        var golden = Fixture.At("sharecaptioner");
        var checkpoint = Directory.CreateDirectory(directory.File("checkpoint")).FullName;
        foreach (var file in Directory.GetFiles(Path.Combine(golden, "checkpoint")).Where(file => !file.EndsWith(".safetensors", StringComparison.Ordinal)).Concat(Directory.GetFiles(Path.Combine(golden, "checkpoint_bin"))))
        {
            File.Copy(file, Path.Combine(checkpoint, Path.GetFileName(file)));
        }

        using var exact = ModelLoader.Load(Path.Combine(golden, "checkpoint"));
        using var rounded = ModelLoader.Load(checkpoint);
        Assert.Equal(exact.Weights.Layers.Keys.Order(StringComparer.Ordinal), rounded.Weights.Layers.Keys.Order(StringComparer.Ordinal));
        using var input = exact.Prepare([new([await new MediaReader().ReadPictureAsync(Path.Combine(golden, "inputs", "f0.png"), TestContext.Current.CancellationToken)], IsVideo: false)]);
        var (one, other) = (Scores(exact), Scores(rounded));
        var error = Math.Sqrt(one.Zip(other, (a, b) => (a - b) * (a - b)).Sum() / one.Sum(a => a * a));
        Assert.InRange(error, 1e-4, 0.03);

        double[] Scores(VisionLanguageModel model)
        {
            using var session = new Session(model);
            using var visual = session.Encode(input);
            session.Read(model.Expand(model.Tokenize(model.FirstPrompt("What?", [new(1, 73, 41, IsVideo: false)]), begins: true), input.Layout), visual);
            return [.. session.Logits.ToArray().Select(score => (double)score)];
        }
    }

    [Theory]
    [InlineData("vision_config", "{\"image_size\": 35, \"patch_size\": 7, \"hidden_size\": 32, \"num_hidden_layers\": 3, \"num_attention_heads\": 4, \"intermediate_size\": 64}", "even number of patches")]
    [InlineData("vision_config", "null", "vit.vision_tower")] // those of a real checkpoint apply, which these weights don't have
    [InlineData("num_key_value_heads", "3", "num_key_value_heads")]
    public void Settings_that_cannot_be_are_named(string key, string value, string part)
    {
        var checkpoint = Directory.CreateDirectory(directory.File("checkpoint")).FullName;
        foreach (var file in Directory.GetFiles(Fixture.At("sharecaptioner", "checkpoint")))
        {
            File.Copy(file, Path.Combine(checkpoint, Path.GetFileName(file)));
        }

        var path = Path.Combine(checkpoint, "config.json");
        var config = JsonNode.Parse(File.ReadAllText(path))!;
        config[key] = JsonNode.Parse(value);
        File.WriteAllText(path, config.ToJsonString());
        var error = Assert.Throws<CheckpointException>(() => ModelLoader.Load(checkpoint));
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hd_num", "4", "pair")]
    [InlineData("previous_caption", "\"Something else.\"", "pair")]
    public async Task What_a_case_says_wrongly_fails(string key, string value, string name)
    {
        using var copy = new GoldenCopy("sharecaptioner");
        copy.Edit(json => json["cases"]!.AsArray().First(golden => (string?)golden!["name"] == name)![key] = JsonNode.Parse(value));
        var report = await Verifier.RunAsync(copy.Path, cancellation: TestContext.Current.CancellationToken);
        Assert.False(report.Cases.Single(golden => golden.Name == name).Passed);
        Assert.True(report.Cases.Single(golden => golden.Name == "first").Passed);
    }

    private static Picture Picture(int width, int height)
    {
        var picture = new Picture(width, height, 3);
        new Random(width + height).NextBytes(picture.Pixels);
        return picture;
    }
}
