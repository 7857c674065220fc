using Kinora.Media;
using Kinora.Models.Families;
using Kinora.Models.Inputs;
using Kinora.Tensors;
using Kinora.Training.Conversations;
using Kinora.Training.Data;
using Kinora.Training.Data.Loading;

namespace Kinora.Training.Tests.Data;

public sealed class SampleLoaderTests : IAsyncLifetime
{
    private const int Frames = 3;

    private readonly TemporaryDirectory directory = new();
    private readonly VisionLanguageModel model = ModelLoader.Load(Fixture.Toybox);
    private readonly List<TrainingFile> files = [];
    private readonly Dictionary<int, VisualInput> pixels = [];
    private ConversationEncoder encoder = null!;

    public ValueTask InitializeAsync()
    {
        encoder = new ConversationEncoder(model, 1000);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        pixels.Values.ToList().ForEach(tensor => tensor.Dispose());
        files.ForEach(file => file.Dispose());
        model.Dispose();
        directory.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Samples_come_in_order_with_the_pixels_that_describe_sees_and_broken_ones_cost_one_row()
    {
        var file = Open([.. Enumerable.Range(0, 4).Select(clip => Video(clip)), "{\"video\": ", """{"video": "none.mp4", "text": "T"}""", """{"question": "Who?", "text": "Me."}""", Video(1, 0.5, 1.25)]);
        var mix = new DatasetMix([file.Count], null, 3);
        var texts = new List<string>();
        foreach (var (ahead, workers, cache) in new[] { (1, 1, 0L), (7, 4, 0L), (16, 2, 1L << 30) })
        {
            await using var loader = new SampleLoader([file], mix, encoder, new SampleLoaderOptions { Frames = Frames, Ahead = ahead, Workers = workers, CacheBytes = cache });
            var seen = new List<string>();
            for (var n = 0; n < file.Count + 3; n++)
            {
                Assert.Equal(n, loader.NextNumber);
                var sample = await loader.TakeAsync(TestContext.Current.CancellationToken);
                Assert.Equal((n, mix.At(n).Index), (sample.Number, sample.Source.Record));
                seen.Add(await Checked(file, sample));
            }

            texts.Add(string.Join('\n', seen));
        }

        Assert.Single(texts.Distinct());
        Assert.Equal(2, texts[0].Split('\n').Take(file.Count).Count(text => text.StartsWith("broken", StringComparison.Ordinal)));

        await using var later = new SampleLoader([file], mix, encoder, new SampleLoaderOptions { Frames = Frames }, first: 5);
        Assert.Equal(texts[0].Split('\n')[5], await Checked(file, await later.TakeAsync(TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task Kept_pixels_need_no_file_any_more()
    {
        var clip = directory.File("clip.mp4");
        foreach (var (cache, kept) in new[] { (1L << 30, true), (0L, false) })
        {
            File.Copy(Fixture.Clip(0), clip, overwrite: true);
            var file = Open("""{"video": "clip.mp4", "text": "T"}""");
            await using var loader = new SampleLoader([file], new DatasetMix([1], null, 3), encoder, new SampleLoaderOptions { Frames = Frames, Ahead = 1, CacheBytes = cache });
            using var first = Assert.IsType<PreparedSample>(await loader.TakeAsync(TestContext.Current.CancellationToken));
            var second = await loader.TakeAsync(TestContext.Current.CancellationToken);
            File.Delete(clip);
            (second as PreparedSample)?.Dispose();
            (await loader.TakeAsync(TestContext.Current.CancellationToken) as PreparedSample)?.Dispose();
            Assert.Equal(kept, await loader.TakeAsync(TestContext.Current.CancellationToken) is PreparedSample);
        }
    }

    [Fact]
    public async Task No_more_pixels_are_kept_than_allowed()
    {
        foreach (var clip in new[] { 0, 1 })
        {
            File.Copy(Fixture.Clip(clip), directory.File($"{clip}.mp4"));
        }

        var file = Open("""{"video": "0.mp4", "text": "T"}""", """{"video": "1.mp4", "text": "T"}""");
        var options = new SampleLoaderOptions { Frames = Frames, Ahead = 1, CacheBytes = (2 * model.PixelShape(model.Layout(Frames)).Count * sizeof(float)) - 1 };
        await using var loader = new SampleLoader([file], new DatasetMix([2], null, 3), encoder, options);
        for (var n = 0; n < 3; n++)
        {
            (await loader.TakeAsync(TestContext.Current.CancellationToken) as PreparedSample)!.Dispose();
        }

        foreach (var clip in new[] { 0, 1 })
        {
            File.Delete(directory.File($"{clip}.mp4"));
        }

        // The fourth sample may have been read before its file was gone.
        (await loader.TakeAsync(TestContext.Current.CancellationToken) as PreparedSample)?.Dispose();
        var kinds = new List<bool>();
        for (var n = 0; n < 4; n++)
        {
            kinds.Add(await loader.TakeAsync(TestContext.Current.CancellationToken) is PreparedSample);
        }

        Assert.Equal(2, kinds.Count(prepared => prepared));
    }

    [Fact]
    public async Task No_more_is_prepared_than_its_bounds_allow()
    {
        var file = Open([.. Enumerable.Range(0, 12).Select(clip => Video(clip))]);
        var one = model.PixelShape(model.Layout(Frames)).Count * sizeof(float);
        foreach (var (ahead, bytes, most) in new[] { (5, 1L << 30, 5), (12, 0L, 1), (12, one, 1), (12, 3 * one, 3) })
        {
            await using var loader = new SampleLoader([file], new DatasetMix([file.Count], null, 3), encoder, new SampleLoaderOptions { Frames = Frames, Ahead = ahead, AheadBytes = bytes });
            (await loader.TakeAsync(TestContext.Current.CancellationToken) as PreparedSample)!.Dispose();
            Assert.Equal(most, loader.Begun);
        }
    }

    [Fact]
    public async Task Pictures_and_frames_are_read_as_what_they_are()
    {
        string[] pictures = ["a.png", "b.png"];
        foreach (var name in pictures)
        {
            File.Copy(Fixture.At("images", "inputs", "checker_colour.png"), directory.File(name));
        }

        var file = Open("""{"image": "a.png", "text": "T"}""", """{"image": ["a.png", "b.png"], "text": "T"}""", """{"frames": ["a.png", "b.png"], "text": "T"}""", """{"frames": ".", "text": "T"}""");
        string[] asked = [model.DescribePrompt(false), model.DescribePrompt(true), model.DescribePrompt(true), model.DescribePrompt(true)];
        await using var loader = new SampleLoader([file], new DatasetMix([file.Count], null, 3), encoder, new SampleLoaderOptions { Frames = Frames });
        for (var n = 0; n < file.Count; n++)
        {
            using var sample = Assert.IsType<PreparedSample>(await loader.TakeAsync(TestContext.Current.CancellationToken));
            var count = sample.Source.Record == 0 ? 1 : 2;
            Assert.Equal((model.Layout(count).Tokens, count), (model.Placeholders(sample.Encoded.Ids), sample.Input!.Pixels.Shape[0]));
            var prompt = model.Expand(model.Tokenize(model.FirstPrompt(asked[sample.Source.Record], Layouts.Shapes(count)), begins: true), model.Layout(count));
            Assert.Equal(prompt, sample.Encoded.Ids[..prompt.Length]);
        }
    }

    [Fact]
    public async Task A_pair_comes_with_both_answers()
    {
        var file = Open($$"""{"video": "{{Fixture.Clip(0)}}", "text": "Good.", "rejected": "Bad and long."}""");
        await using var loader = new SampleLoader([file], new DatasetMix([1], null, 3), encoder, new SampleLoaderOptions { Frames = Frames });
        using var sample = Assert.IsType<PreparedSample>(await loader.TakeAsync(TestContext.Current.CancellationToken));
        Assert.Equal(encoder.EncodeRejected(sample.Sample, Layouts.Shapes(Frames)).Labels, sample.Rejected!.Labels);
        Assert.NotEqual(sample.Encoded.Labels, sample.Rejected.Labels);
    }

    [Fact]
    public async Task A_list_of_too_many_pictures_is_not_decoded()
    {
        var file = Open($"{{\"image\": [{string.Join(", ", Enumerable.Repeat("\"none.png\"", 500))}], \"text\": \"T\"}}");
        await using var loader = new SampleLoader([file], new DatasetMix([1], null, 3), encoder);
        var broken = Assert.IsType<BrokenSample>(await loader.TakeAsync(TestContext.Current.CancellationToken));
        Assert.Contains("its 500 pictures and videos take more than the 1000 positions", broken.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_ffmpeg_loading_ends()
    {
        var file = Open(Video(0));
        await using var loader = new SampleLoader([file], new DatasetMix([1], null, 3), encoder, null, new MediaReader(null, directory.File("none"), directory.File("none")));
        await Assert.ThrowsAsync<ToolMissingException>(() => loader.TakeAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_cancelled_wait_loses_no_sample_and_a_cancelled_loader_ends()
    {
        var file = Open(Video(0));
        using var run = new CancellationTokenSource();
        await using var loader = new SampleLoader([file], new DatasetMix([1], null, 3), encoder, new SampleLoaderOptions { Frames = Frames }, cancellation: run.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => loader.TakeAsync(new CancellationToken(true)));
        Assert.Equal(0, (await loader.TakeAsync(TestContext.Current.CancellationToken)).Number);
        await run.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => loader.TakeAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(nameof(SampleLoaderOptions.Ahead))]
    [InlineData(nameof(SampleLoaderOptions.AheadBytes))]
    [InlineData(nameof(SampleLoaderOptions.Workers))]
    [InlineData(nameof(SampleLoaderOptions.CacheBytes))]
    [InlineData(nameof(SampleLoaderOptions.Frames))]
    public void Options_out_of_range_are_named(string option)
    {
        var options = option switch
        {
            nameof(SampleLoaderOptions.Ahead) => new SampleLoaderOptions { Ahead = 0 },
            nameof(SampleLoaderOptions.AheadBytes) => new SampleLoaderOptions { AheadBytes = -1 },
            nameof(SampleLoaderOptions.Workers) => new SampleLoaderOptions { Workers = 0 },
            nameof(SampleLoaderOptions.CacheBytes) => new SampleLoaderOptions { CacheBytes = -1 },
            _ => new SampleLoaderOptions { Frames = 0 },
        };
        Assert.Contains($"{option} is", Assert.Throws<ArgumentException>(() => new SampleLoader([Open(Video(0))], new DatasetMix([1], null, 3), encoder, options)).Message, StringComparison.Ordinal);
    }

    private static string Video(int clip, double? start = null, double? end = null)
        => System.Text.Json.JsonSerializer.Serialize(new { video = Fixture.Clip(clip), text = $"Clip {clip}.", start, end });

    /// <summary>A sample as one line; its pixels must be those that the frame pipeline gives for itself.</summary>
    private async Task<string> Checked(TrainingFile file, LoadedSample loaded)
    {
        if (loaded is BrokenSample broken)
        {
            Assert.Contains(broken.Source.ToString(), broken.Reason, StringComparison.Ordinal);
            return $"broken {broken.Reason}";
        }

        using var sample = Assert.IsType<PreparedSample>(loaded);
        Assert.Equal(file.Read(sample.Source.Record).Turns, sample.Sample.Turns);
        if (sample.Sample.Media.Count == 0)
        {
            Assert.Null(sample.Input);
            return $"text {string.Join(' ', sample.Encoded.Ids)}";
        }

        var media = sample.Sample.Media[0];
        if (!pixels.TryGetValue(sample.Source.Record, out var expected))
        {
            var clip = await new MediaReader().ReadAsync(media.Paths[0], new FrameRequest { Count = Frames, Start = media.Start, End = media.End });
            pixels[sample.Source.Record] = expected = model.Prepare([VisualMedia.Of(clip)]);
        }

        Assert.Equal(expected.Pixels.Shape, sample.Input!.Pixels.Shape);
        Assert.True(expected.Pixels.AsSpan().SequenceEqual(sample.Input.Pixels.AsSpan()));
        Assert.Equal(encoder.Encode(sample.Sample, Layouts.Shapes(Frames)).Labels, sample.Encoded.Labels);
        return $"video {string.Join(' ', sample.Encoded.Ids)}";
    }

    private TrainingFile Open(params string[] records)
    {
        var file = TrainingFile.Open(directory.Write($"{files.Count}.jsonl", string.Join('\n', records)));
        files.Add(file);
        return file;
    }
}
