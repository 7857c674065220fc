using Kinora.Media;
using Kinora.Models.Checkpoints;
using Kinora.Models.Describing;
using Kinora.Models.Inputs;
using Kinora.Models.Weights;

namespace Kinora.Models.Families;

/// <summary>
/// Tarsier2-7b and Tarsier2-Recap-7b (Yuan et al. 2025, arXiv 2501.07888): Qwen2-VL's network trained further on descriptions. Each frame is put in
/// twice, so that it makes a step of time of its own; pictures and videos share one placeholder; and a budget of pixels is shared out among all frames
/// of a sample before the processor has them.
/// </summary>
/// <remarks>Keys: <c>vision_tower.*</c>, <c>language_model.model.*</c>, <c>language_model.lm_head.*</c>.</remarks>
public sealed class Tarsier2 : Qwen2VlModel
{
    /// <summary>Pixels of all pictures of a sample together.</summary>
    private const long PixelBudget = 128 * 384 * 384;

    private Tarsier2(Checkpoint checkpoint, WeightLoader weights, Qwen2VlParts parts, Tarsier2Settings settings, int imageTokenId)
        : base(checkpoint, weights, parts, "vision_tower.", "language_model.", settings.ImageToken, settings.ImageToken)
        => (Configuration, ImageTokenId, Notes) = (settings, imageTokenId, settings.Notes);

    /// <inheritdoc/>
    public override string Family => "tarsier2";

    /// <inheritdoc/>
    public override int ImageTokenId { get; }

    /// <inheritdoc/>
    public override int DefaultFrames => FrameShare.Divide([FrameShare.Video()], Configuration.Frames, Configuration.MostFrames, Configuration.FrameMultiple)[0];

    /// <inheritdoc/>
    public override FrameRule DefaultRule => Configuration.Rule;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Notes { get; }

    /// <summary>The settings in force.</summary>
    public Tarsier2Settings Configuration { get; }

    /// <summary>What a user should know of the family.</summary>
    public static FamilyCard Card { get; } = new("Tarsier2", "the most detailed descriptions; questions about events and their order", "free questions; one answer or a chat", "16 frames of a video, none twice, of any size under a budget of pixels; pictures and videos mixed", [
        new("omni-research/Tarsier2-Recap-7b", 8.3, "Apache-2.0 (Qwen2-VL-7B)"),
        new("omni-research/Tarsier2-7b-0115", 8.3, "Apache-2.0 (Qwen2-VL-7B)"),
    ]);

    /// <summary>Whether a configuration describes a Tarsier2 checkpoint: on the outside it looks like Tarsier v1.</summary>
    public static bool Matches(ConfigReader config)
        => config.String("model_type", "") is "llava" or "tarsier2" && (IsQwen(config.Section("text_config")) || IsQwen(Qwen2VlParts.Innermost(config, "text_config", "num_attention_heads")));

    /// <summary>Loads a checkpoint.</summary>
    /// <param name="checkpoint">Owned by the model that comes out; if loading fails, still by the caller.</param>
    /// <param name="weights">Takes the tensors; owned as the checkpoint.</param>
    /// <exception cref="CheckpointException">Weights, settings or processor don't fit.</exception>
    /// <exception cref="Tokenization.TokenizerException">The tokenizer's files are damaged.</exception>
    /// <exception cref="MediaException">preprocessor_config.json can't be read.</exception>
    public static Tarsier2 Load(Checkpoint checkpoint, WeightLoader weights)
    {
        var config = checkpoint.Config;
        if (config.String("projection_head", "None") is not ("None" or "null" or ""))
        {
            throw config.Unusable("projection_head", "null: the merger of Qwen2-VL's tower is the only connector of published checkpoints");
        }

        var (outer, text) = (config.Section("text_config"), Qwen2VlParts.Innermost(config, "text_config", "num_attention_heads"));
        var parts = Qwen2VlParts.Read(checkpoint.Directory, Qwen2VlParts.Innermost(config, "vision_config", "embed_dim"), text, outer);
        var merging = text.Has("spatial_merge_size") ? text : outer;
        if (merging.Int("spatial_merge_size", parts.Vision.MergeSize) != parts.Vision.MergeSize)
        {
            throw merging.Unusable("spatial_merge_size", $"vision_config's, {parts.Vision.MergeSize}");
        }

        const int Published = 151655;
        var last = parts.Text.VocabularySize - 1;
        var imageTokenId = (text.Has("image_token_id") ? text : outer).Int("image_token_id", Published <= last ? Published : null, 0, last);
        var settings = Tarsier2Settings.Load(checkpoint.Directory);
        if (config.Int("image_token_index", imageTokenId) != imageTokenId)
        {
            settings = settings with { Notes = [.. settings.Notes, $"{config.Path}: image_token_index is {config.Int("image_token_index")}, but text_config's image_token_id, {imageTokenId}, is what pictures have"] };
        }

        return new Tarsier2(checkpoint, weights, parts, settings, imageTokenId);
    }

    /// <summary>One step of time for each frame: 16 x 36 x 64 patches and 16 x 576 tokens for 16 frames of 1280x720.</summary>
    public override VisualLayout Plan(IReadOnlyList<VisualShape> media) => Plan(media, Configuration.Shaping);

    /// <inheritdoc/>
    public override VisualInput Prepare(IReadOnlyList<VisualMedia> media) => Prepare(media, Configuration.Shaping);

    /// <inheritdoc/>
    public override string DescribePrompt(bool video) => Configuration.Prompt ?? base.DescribePrompt(video);

    /// <summary>As <see cref="Plan(IReadOnlyList{VisualShape})"/>, with settings of the sample's own.</summary>
    public VisualLayout Plan(IReadOnlyList<VisualShape> media, PictureShaping settings)
    {
        var frames = media.Sum(one => Frames(one.Frames, one.IsVideo));
        if (frames > Configuration.MostFrames)
        {
            throw new DescribeException($"{frames} frames are more than the {Configuration.MostFrames} that this model takes (max_n_frames of tarser2_default_config.yaml); use fewer --frames");
        }

        var shaping = Shaping(media, settings);
        var layout = Layout(media, one => Pictures(one.Frames, one.IsVideo), one => shaping.SizeOf(one.Width, one.Height));
        return layout.Tokens <= Configuration.MostTokens ? layout
            : throw new DescribeException($"{frames} frames take {layout.Tokens} tokens, more than the {Configuration.MostTokens} that this model takes (max_seq_len); use fewer --frames or a smaller max_pixels in tarser2_default_config.yaml");
    }

    /// <summary>As <see cref="Prepare(IReadOnlyList{VisualMedia})"/>, with settings of the sample's own.</summary>
    public VisualInput Prepare(IReadOnlyList<VisualMedia> media, PictureShaping settings)
    {
        VisualShape[] shapes = [.. media.Select(one => one.Shape)];
        var (layout, shaping) = (Plan(shapes, settings), Shaping(shapes, settings));
        RequireSizes(media.SelectMany(one => one.Frames), shaping);
        return Fill(layout, [.. media.SelectMany(Arrange)], picture => shaping.Apply(picture.ToRgb()));
    }

    /// <summary>Settings under the budget of all pictures together.</summary>
    public PictureShaping Shaping(IReadOnlyList<VisualShape> media, PictureShaping settings)
        => settings.Within(PixelBudget / Math.Max(1, media.Sum(one => one.IsVideo ? Repeats * Frames(one.Frames, true) : Configuration.PictureCount)));

    private int Repeats => Configuration.FramesStandAlone ? 2 : 1;

    private static bool IsQwen(ConfigReader text) => text.String("model_type", "").StartsWith("qwen2_vl", StringComparison.Ordinal);

    /// <summary>Frames with the black ones behind a video.</summary>
    private int Frames(int frames, bool isVideo) => isVideo ? (frames + Configuration.FrameMultiple - 1) / Configuration.FrameMultiple * Configuration.FrameMultiple : frames;

    /// <summary>Pictures that the patches go through.</summary>
    private int Pictures(int frames, bool isVideo) => WholeSteps(isVideo ? Repeats * Frames(frames, true) : frames);

    /// <summary>Pictures of a folder may be of several sizes, of which the layout knows the first.</summary>
    private static void RequireSizes(IEnumerable<Picture> frames, PictureShaping shaping)
    {
        try
        {
            foreach (var frame in frames)
            {
                shaping.SizeOf(frame.Width, frame.Height);
            }
        }
        catch (ArgumentException error)
        {
            throw new DescribeException(error.Message);
        }
    }

    /// <summary>The pictures of a still or video as the patches go through them.</summary>
    private IEnumerable<Picture> Arrange(VisualMedia media)
    {
        var last = media.Frames[^1];
        var black = new Picture(last.Width, last.Height, 3);
        var frames = media.Frames.Concat(Enumerable.Repeat(black, Frames(media.Frames.Count, media.IsVideo) - media.Frames.Count));
        var pictures = frames.SelectMany(frame => Enumerable.Repeat(frame, media.IsVideo ? Repeats : 1)).ToList();
        return pictures.Concat(Enumerable.Repeat(pictures[^1], Pictures(media.Frames.Count, media.IsVideo) - pictures.Count));
    }
}
