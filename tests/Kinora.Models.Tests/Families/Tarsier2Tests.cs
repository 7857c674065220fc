using Kinora.Media;
using Kinora.Models.Checkpoints;
using Kinora.Models.Describing;
using Kinora.Models.Families;
using Kinora.Models.Inputs;

namespace Kinora.Models.Tests.Families;

/// <summary>Tarsier2's settings and what follows from them: sizes, steps of time, budgets.</summary>
public sealed class Tarsier2Tests : IDisposable
{
    private const string FileName = "tarser2_default_config.yaml";

    private readonly TemporaryDirectory directory = new();

    public Tarsier2Tests()
    {
        directory.CopyFrom(Fixture.At("tarsier2", "checkpoint"));

        // The published limits.
        directory.Write("preprocessor_config.json", """{"min_pixels": 3136, "max_pixels": 12845056}""");
    }

    public void Dispose() => directory.Dispose();

    // The specification's table: grids and tokens of real sizes.
    [Theory]
    [InlineData(1920, 1080, 16, 36, 64, 9216)]
    [InlineData(1280, 720, 16, 36, 64, 9216)]
    [InlineData(1920, 800, 16, 32, 76, 9728)]
    [InlineData(640, 360, 16, 26, 46, 4784)]
    [InlineData(720, 1280, 16, 64, 36, 9216)]
    [InlineData(320, 240, 16, 18, 22, 1584)]
    [InlineData(336, 336, 16, 24, 24, 2304)]
    [InlineData(1280, 720, 128, 14, 26, 11648)]
    [InlineData(240, 240, 128, 18, 18, 10368)]
    public void Sizes_and_tokens_are_the_published_ones(int width, int height, int frames, int rows, int columns, int tokens)
    {
        using var model = Load();
        var layout = model.Plan([new(frames, width, height, IsVideo: true)]);
        var slice = Assert.IsType<PatchSlice>(layout.Units[0]);
        Assert.Equal((frames, rows, columns, tokens), (layout.Units.Count, slice.Rows, slice.Columns, layout.Tokens));
        Assert.Equal(new VisualItem(tokens, frames, rows / 2, columns / 2), Assert.Single(layout.Items));
    }

    [Fact]
    public void The_budget_is_shared_by_all_pictures()
    {
        using var model = Load();
        VisualShape video = new(60, 1280, 720, IsVideo: true), still = new(1, 1280, 720, IsVideo: false);
        Assert.Equal(18_874_368 / 120, model.Shaping([video], new()).MostPixels);

        // processor_config.json says that a still counts 2.
        Assert.Equal(18_874_368 / 122, model.Shaping([video, still], new()).MostPixels);
        Assert.Equal(460_800, model.Shaping([still], new()).MostPixels);
        Assert.True(model.Plan([video, still]).Tokens < model.Plan([video]).Tokens + model.Plan([still]).Tokens);
    }

    [Fact]
    public void Without_a_file_the_published_settings_hold()
    {
        using var model = Load();
        Assert.Equal((16, FrameRule.Distinct, 16384), (model.DefaultFrames, model.DefaultRule, model.Configuration.MostTokens));
        Assert.Equal(new PictureShaping(), model.Configuration.Shaping);
        Assert.Empty(model.Notes);
        Assert.Equal("Describe the video in detail.", model.DescribePrompt(video: true));
    }

    [Theory]
    [InlineData(FileName)]
    [InlineData("tarsier2_default_config.yaml")]
    public void A_file_beside_the_weights_changes_them(string name)
    {
        directory.Write(name, """
            # as published, changed throughout
            max_n_frames: 40
            n_frames: [10, 20]
            max_pixels: 10_000  # a cap
            min_pixels: 500
            max_seq_len: 9000
            is_training: true
            is_training: false
            print_data_error: yes
            do_image_padding: true
            video_sampling_strategy:
              video_sampler_version: "v2"
              force_frames_n_divisible: 4
              use_multi_images_for_video: false
              another: 1
            prompt: "Tell me."
            train_task: sft
            surprise: {a: [1, 2]}
            """);
        using var model = Load();
        Assert.Equal((12, FrameRule.Middles), (model.DefaultFrames, model.DefaultRule));
        Assert.Equal(new PictureShaping { Pad = true, LeastPixels = 500, MostPixels = 10_000 }, model.Configuration.Shaping);
        Assert.Equal(9000, model.Configuration.MostTokens);
        Assert.Equal("Tell me.", model.DescribePrompt(video: true));
        Assert.Equal(2, model.Notes.Count);
        Assert.Contains("n_frames names several", model.Notes[0], StringComparison.Ordinal);
        Assert.Contains("\"surprise\", \"another\"", model.Notes[1], StringComparison.Ordinal);

        // Frames two by two: 6 frames, black ones up to 8, are 4 steps of time.
        Assert.Equal(4, model.Plan([new(6, 100, 100, IsVideo: true)]).Units.Count);
        Assert.Contains("max_n_frames", Assert.Throws<DescribeException>(() => model.Plan([new(41, 100, 100, IsVideo: true)])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Black_frames_fill_up_a_video_and_frames_stand_alone()
    {
        directory.Write(FileName, "video_sampling_strategy: {force_frames_n_divisible: 3}");
        using var model = Load();
        var white = new Picture(56, 56, 3);
        white.Pixels.AsSpan().Fill(255);
        using var input = model.Prepare([new([white, white], IsVideo: true), new([white], IsVideo: false)]);
        Assert.Equal((3, 1), (input.Layout.Items[0].Time, input.Layout.Items[1].Time));
        var (light, dark) = (model.Processor.Settings.Values.Table()[255], model.Processor.Settings.Values.Table()[0]);
        var length = input.Pixels.Shape.Last;
        Assert.Equal([light, light, dark, light], Enumerable.Range(0, 4).Select(step => input.Pixels.Row(step * 16)[0]));

        // Both halves of a patch's time are the same frame.
        for (var row = 0; row < input.Pixels.Shape.Rows; row++)
        {
            Assert.Equal(input.Pixels.Row(row)[..196], input.Pixels.Row(row)[196..392]);
        }
    }

    [Fact]
    public void More_tokens_than_the_settings_allow_are_refused()
    {
        directory.Write(FileName, "max_seq_len: 9215");
        using var model = Load();
        Assert.Equal(576, model.Plan([new(1, 1280, 720, IsVideo: true)]).Tokens);
        var message = Assert.Throws<DescribeException>(() => model.Plan([new(16, 1280, 720, IsVideo: true)])).Message;
        Assert.Contains("9216 tokens, more than the 9215", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("n_frames: 300", "n_frames is 300; expected at most max_n_frames, 256")]
    [InlineData("n_frames: 0", "n_frames is 0")]
    [InlineData("max_pixels: many", "max_pixels is \"\"many\"\"")]
    [InlineData("min_pixels: 500000", "min_pixels is 500000; expected at most max_pixels, 460800")]
    [InlineData("do_image_crop: 1", "do_image_crop is 1; expected true or false")]
    [InlineData("video_sampling_strategy: v1", "video_sampling_strategy is \"\"v1\"\"; expected an object")]
    [InlineData("video_sampling_strategy: {video_sampler_version: v3}", "video_sampling_strategy.video_sampler_version is \"\"v3\"\"; expected v1 or v2")]
    [InlineData("- 1\n- 2", "holds no keys")]
    [InlineData("a: &x 1\nb: *x", "an anchor")]
    [InlineData("a: !python/object:os.system 1", "a tag")]
    [InlineData("a: [[[[[[[[[[1]]]]]]]]]]", "more than 8 levels")]
    [InlineData("a: 'b", "no usable YAML")]
    [InlineData("a: 1\n---\nb: 2", "no usable YAML")]
    public void What_can_not_be_is_named_with_its_file(string yaml, string part)
    {
        directory.Write(FileName, yaml);
        var message = Assert.Throws<CheckpointException>(() => Load()).Message;
        Assert.Contains(part, message, StringComparison.Ordinal);
        Assert.Contains(FileName, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing")]
    [InlineData("prompt: ~\nn_frames:")]
    public void A_file_that_says_nothing_changes_nothing(string yaml)
    {
        directory.Write(FileName, yaml);
        using var model = Load();
        Assert.Equal(16, model.DefaultFrames);
    }

    [Fact]
    public void The_processors_own_file_is_heeded()
    {
        directory.Write("processor_config.json", """{"max_seq_len": 100, "temporal_patch_size": 5}""");
        using var model = Load();
        Assert.Equal((100, 5, "<|image_pad|>"), (model.Configuration.MostTokens, model.Configuration.PictureCount, model.Configuration.ImageToken));
    }

    private Tarsier2 Load() => (Tarsier2)ModelLoader.Load(directory.Path);
}
