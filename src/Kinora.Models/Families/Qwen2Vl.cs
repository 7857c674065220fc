using Kinora.Media;
using Kinora.Models.Checkpoints;
using Kinora.Models.Describing;
using Kinora.Models.Inputs;
using Kinora.Models.Weights;

namespace Kinora.Models.Families;

/// <summary>
/// Plain Qwen2-VL (Wang et al. 2024, arXiv 2409.12191). Two frames of a video make one step of time; a still is taken twice. Pictures and videos
/// stand anywhere in the text, with placeholders of their own.
/// </summary>
/// <remarks>Keys: <c>visual.*</c>, <c>model.*</c>, <c>lm_head.*</c>.</remarks>
public sealed class Qwen2Vl : Qwen2VlModel
{
    private readonly int videoTokenId;

    private Qwen2Vl(Checkpoint checkpoint, WeightLoader weights, Qwen2VlParts parts, (int Image, int Video) ids)
        : base(checkpoint, weights, parts, "visual.", "", "<|image_pad|>", "<|video_pad|>")
        => (ImageTokenId, videoTokenId) = ids;

    /// <inheritdoc/>
    public override string Family => "qwen2vl";

    /// <inheritdoc/>
    public override int ImageTokenId { get; }

    /// <summary>What a user should know of the family.</summary>
    public static FamilyCard Card { get; } = new("Qwen2-VL", "questions about pictures and videos of any size", "free questions; one answer or a chat", "16 frames of a video; pictures and videos mixed", [
        new("Qwen/Qwen2-VL-2B-Instruct", 2.2, "Apache-2.0"),
        new("Qwen/Qwen2-VL-7B-Instruct", 8.3, "Apache-2.0"),
        new("Qwen/Qwen2-VL-72B-Instruct", 73.4, "Qwen licence"),
    ]);

    /// <summary>Whether a configuration describes a Qwen2-VL checkpoint.</summary>
    public static bool Matches(ConfigReader config) => config.String("model_type", "") == "qwen2_vl";

    /// <summary>Loads a checkpoint.</summary>
    /// <param name="checkpoint">Owned by the model that comes out; if loading fails, still by the caller.</param>
    /// <param name="weights">Takes the tensors; owned as the checkpoint.</param>
    /// <exception cref="CheckpointException">Weights, settings or processor don't fit.</exception>
    /// <exception cref="Tokenization.TokenizerException">The tokenizer's files are damaged.</exception>
    /// <exception cref="MediaException">preprocessor_config.json can't be read.</exception>
    public static Qwen2Vl Load(Checkpoint checkpoint, WeightLoader weights)
    {
        // Older files have the decoder's settings at the top, later ones in a section.
        var config = checkpoint.Config;
        var text = config.Has("text_config") ? Qwen2VlParts.Innermost(config, "text_config", "num_attention_heads") : config;
        var parts = Qwen2VlParts.Read(checkpoint.Directory, config.Section("vision_config"), text, config);
        if (text.Bool("use_sliding_window", false))
        {
            throw text.Unusable("use_sliding_window", "false: attention over a window isn't supported for this family");
        }

        return new Qwen2Vl(checkpoint, weights, parts, (Id("image_token_id", 151655), Id("video_token_id", 151656)));

        int Id(string key, int fallback) => config.Int(key, fallback < parts.Text.VocabularySize ? fallback : null, 0, parts.Text.VocabularySize - 1);
    }

    /// <inheritdoc/>
    public override bool IsPlaceholder(int id) => id == ImageTokenId || id == videoTokenId;

    /// <summary>A step of time for every two frames: 8 x 36 x 64 patches and 8 x 576 tokens for 16 frames of 896x504.</summary>
    public override VisualLayout Plan(IReadOnlyList<VisualShape> media) => Layout(media, one => WholeSteps(one.Frames), one => (one.Width, one.Height));

    /// <inheritdoc/>
    public override VisualInput Prepare(IReadOnlyList<VisualMedia> media)
        => Fill(Plan([.. media.Select(one => one.Shape)]), [.. media.SelectMany(one => one.Frames.Concat(Enumerable.Repeat(one.Frames[^1], WholeSteps(one.Frames.Count) - one.Frames.Count)))], picture => picture);
}
