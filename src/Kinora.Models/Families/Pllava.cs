using Kinora.Media;
using Kinora.Models.Adapters;
using Kinora.Models.Checkpoints;
using Kinora.Models.Connectors;
using Kinora.Models.Conversations;
using Kinora.Models.Describing;
using Kinora.Models.Inputs;
using Kinora.Models.Language;
using Kinora.Models.Tokenization;
using Kinora.Models.Vision;
using Kinora.Models.Weights;
using Kinora.Tensors;

namespace Kinora.Models.Families;

/// <summary>
/// PLLaVA, 7b, 13b and 34b (Xu et al. 2024, arXiv 2404.16994). Each frame of a video passes a CLIP tower; the features of the last block but one, without the class token, pass a two-layer
/// projector and are then averaged over time and space, 16 frames of 24 x 24 to 16 x 12 x 12 as published, so that a video of any length takes as many places in the decoder's sequence: one placeholder
/// stands for all of them. The Llama decoder has low-rank updates beside its q and v, whose strength is chosen at run time.
/// </summary>
/// <remarks>
/// Keys: <c>vision_tower.vision_model.*</c>, <c>multi_modal_projector.*</c>, <c>language_model.*</c> or, with updates beside them, <c>language_model.base_model.model.*</c>. The projector's second
/// layer is linear, so the means are taken before it: it then sees a quarter of the rows.
/// </remarks>
public sealed class Pllava : VisionLanguageModel
{
    private const string TowerKeys = "vision_tower.vision_model.";
    private const string Image = "<image>";

    private readonly PllavaConfig config;
    private readonly ClipTower tower;
    private readonly MlpProjector projector;
    private readonly LlamaDecoder decoder;
    private readonly PllavaChatTemplate template;

    private Pllava(Checkpoint checkpoint, WeightLoader weights, Tokenizer tokenizer, PllavaConfig config)
        : base(checkpoint, weights, tokenizer)
    {
        this.config = config;
        EndIds = EndTokens.Find(checkpoint, tokenizer);
        template = PllavaChatTemplate.Of(tokenizer);
        tower = new ClipTower(weights, config.Vision, TowerKeys, config.Blocks);
        projector = new MlpProjector(weights, config.Vision.HiddenSize, config.Text.HiddenSize, config.Activation, "multi_modal_projector.");
        decoder = new LlamaDecoder(weights, config.Text, "language_model.");
        for (var layer = config.Blocks; layer < config.Vision.Layers; layer++)
        {
            checkpoint.Ignore($"{TowerKeys}encoder.layers.{layer}.", $"vision_feature_layer takes features before block {layer}");
        }

        if (config.Text.TiedHead)
        {
            checkpoint.Ignore("language_model.lm_head.", "tie_word_embeddings makes the embedding table the head");
        }

        checkpoint.Ignore($"{TowerKeys}post_layernorm.", "the features are taken before the tower's last norm");
        checkpoint.Ignore(name => name == "image_newline", "frames aren't tiled, as LLaVA-NeXT's pictures are");
        checkpoint.Ignore(name => name.EndsWith(".position_ids", StringComparison.Ordinal) || name.EndsWith(".rotary_emb.inv_freq", StringComparison.Ordinal), "a constant of older library versions");
        checkpoint.Complete();
    }

    /// <inheritdoc/>
    public override string Family => "pllava";

    /// <inheritdoc/>
    public override LlamaDecoder Decoder => decoder;

    /// <inheritdoc/>
    public override int ImageTokenId => config.ImageTokenId;

    /// <inheritdoc/>
    public override int TowerWidth => tower.Config.HiddenSize;

    /// <inheritdoc/>
    public override int TowerLayers => tower.Config.Layers;

    /// <inheritdoc/>
    public override IReadOnlyList<int> EndIds { get; }

    /// <inheritdoc/>
    public override int DefaultFrames => Settings.Frames ?? config.Frames;

    /// <inheritdoc/>
    public override FrameRule DefaultRule => FrameRule.Pllava;

    /// <summary>The template's keywords; the original never comes to stop at them.</summary>
    public override IReadOnlyList<string> StopStrings => IsOriginal ? [] : template.Keywords;

    /// <summary>The original takes letters off the end of answers.</summary>
    public override Func<string, string>? AnswerFilter => IsOriginal ? text => PllavaAnswer.TrimLetters(text, template) : null;

    private bool IsOriginal => Settings.Compatibility == Compatibility.Original;

    /// <summary>What a user should know of the family.</summary>
    public static FamilyCard Card { get; } = new("PLLaVA", "short answers about videos; descriptions with --lora-alpha 4 or lower", "free questions; one answer or a chat", "16 frames of a video, averaged to 16x12x12 places", [
        new("ermu2001/pllava-7b", 7.1, "Llama 2 (Vicuna 1.5); tagged Apache-2.0"),
        new("ermu2001/pllava-13b", 13.4, "Llama 2 (Vicuna 1.5); tagged Apache-2.0"),
        new("ermu2001/pllava-34b", 34.8, "Nous-Hermes-2-Yi-34B; tagged Apache-2.0"),
    ]);

    /// <summary>Whether a configuration describes a PLLaVA checkpoint.</summary>
    public static bool Matches(ConfigReader config) => PllavaConfig.Matches(config);

    /// <summary>Loads a checkpoint.</summary>
    /// <param name="checkpoint">Owned by the model that comes out; if loading fails, still by the caller.</param>
    /// <param name="weights">Takes the tensors; owned as the checkpoint.</param>
    /// <exception cref="CheckpointException">Weights, settings or processor don't fit.</exception>
    /// <exception cref="TokenizerException">The tokenizer's files are damaged.</exception>
    /// <exception cref="MediaException">preprocessor_config.json can't be read.</exception>
    public static Pllava Load(Checkpoint checkpoint, WeightLoader weights)
    {
        var config = PllavaConfig.Read(checkpoint);
        checkpoint.Rename(AdapterNames.Unwrapped);
        return new Pllava(checkpoint, weights, checkpoint.OtherTokenizer ?? Tokenizer.Load(checkpoint.Directory), config);
    }

    /// <summary>Each video as a whole: the tower can take it frame by frame, the means can't. Fewer frames than the model wants, a still among them, are drawn out to as many.</summary>
    public override VisualLayout Plan(IReadOnlyList<VisualShape> media)
    {
        var resize = media.Count == 0 ? default : PllavaResize.Of([.. media.Select(one => (one.Width, one.Height))], config.ShortestEdge);
        if (media.FirstOrDefault(one => resize.Resized(one.Width, one.Height) is null) is { Frames: > 0 } strip)
        {
            throw new DescribeException($"pictures of {strip.Width}x{strip.Height} pixels can't be brought to a shorter side of {resize.ShortSide}: they would become too large; cut them to a less extreme aspect");
        }

        var units = media.Select(one => Unit(one.Frames)).ToList();
        return new([.. units.Select(unit => new VisualItem(unit.Tokens, unit.Grid.TimeCells, unit.Grid.HeightCells, unit.Grid.WidthCells))], units);
    }

    /// <summary>The frames of all videos brought to one short side and aspect, and then as CLIP's processor has them.</summary>
    public override VisualInput Prepare(IReadOnlyList<VisualMedia> media)
    {
        var layout = Plan([.. media.Select(one => one.Shape)]);
        var frames = media.SelectMany(one => one.Frames).ToList();
        if (IsOriginal)
        {
            frames = AsTheOriginal(media, frames);
        }

        var resize = PllavaResize.Of([.. media.Select(one => (one.Frames[0].Width, one.Frames[0].Height))], config.ShortestEdge);
        if (frames.Find(frame => resize.Resized(frame.Width, frame.Height) is null) is { } strip)
        {
            throw new DescribeException($"a frame of {strip.Width}x{strip.Height} pixels among others is too extreme in aspect; leave it out");
        }

        var pixels = Tensor.Allocate(PixelShape(layout), zeroed: false);
        try
        {
            var size = (int)(pixels.Shape.Count / Math.Max(1, frames.Count));
            Parallel.For(0, frames.Count, i =>
            {
                var frame = resize.Apply(frames[i], centred: !IsOriginal);
                config.Processor.Process(config.PadsToSquare ? TarsierPreprocessing.PadToSquare(frame, (0, 0, 0)) : frame, pixels.AsSpan().Slice(i * size, size));
            });
            return new(pixels, layout);
        }
        catch
        {
            pixels.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override Shape PixelShape(VisualLayout layout) => new(layout.PixelRows, tower.Config.Channels, tower.Config.ImageSize, tower.Config.ImageSize);

    /// <inheritdoc/>
    public override Tensor Encode(TensorOperations operations, Tensor pixels, IReadOnlyList<VisualUnit> units) => tower.Forward(operations, pixels);

    /// <inheritdoc/>
    public override Tensor Connect(TensorOperations operations, Tensor features, IReadOnlyList<VisualUnit> units)
    {
        if (operations.Observer is not null)
        {
            projector.Forward(operations, features); // projector_output in the published order, for who looks on
        }

        Span<PoolGrid> grids = units.Count <= 16 ? stackalloc PoolGrid[units.Count] : new PoolGrid[units.Count];
        for (var i = 0; i < grids.Length; i++)
        {
            grids[i] = ((PooledVideo)units[i]).Grid;
        }

        var inner = projector.Begin(operations, features); // [frames * patches, hidden]
        return operations.Observe("connector_output", projector.End(operations, operations.AdaptivePool(inner, grids)));
    }

    /// <inheritdoc/>
    public override string DescribePrompt(bool video) => video ? "Describe the video in detail." : "Describe the image in detail.";

    /// <summary>Videos come in one after the other, as on the original's chat page; then the question.</summary>
    public override IReadOnlyList<PromptSpan> FirstPrompt(string typed, IReadOnlyList<VisualShape> media)
    {
        var conversation = new PllavaConversation(template, compatibility: Settings.Compatibility);
        for (var video = 0; video < media.Count; video++)
        {
            conversation.Upload();
        }

        conversation.Ask(typed);
        return conversation.Spans();
    }

    /// <inheritdoc/>
    public override IReadOnlyList<PromptSpan> NextPrompt(string typed) => PllavaConversation.Next(template, typed);

    /// <summary>The settings say which id the placeholder has; where a tokenizer gives its mark another one, the settings hold.</summary>
    public override int[] Tokenize(IReadOnlyList<PromptSpan> spans, bool begins)
    {
        var ids = base.Tokenize(spans, begins);
        if (Tokenizer.IdOf(Image) is { } mark && mark != ImageTokenId)
        {
            ids.AsSpan().Replace(mark, ImageTokenId);
        }

        return ids;
    }

    /// <inheritdoc/>
    protected override void Check(ModelSettings settings)
    {
        if (settings.Frames is < 1 or > PllavaConfig.MostFrames)
        {
            throw new DescribeException($"a video can't be looked at with {settings.Frames} frames; give a number from 1 to {PllavaConfig.MostFrames}");
        }
    }

    private PooledVideo Unit(int frames)
    {
        var (patches, (rows, columns)) = (tower.Config.Patches, config.Grid);
        var pools = config.Pools || IsOriginal || Settings.Pooling is not null;
        var target = pools ? Settings.Pooling ?? config.Pooling : new(frames, rows, columns);
        return new PooledVideo
        {
            Grid = new(pools ? Math.Max(frames, DefaultFrames) : frames, rows, columns, target.Time, target.Rows, target.Columns, frames),
            PixelRows = frames,
            Parts = frames,
            TowerRows = frames * (patches + 1),
            FeatureRows = frames * patches,
            Tokens = target.Tokens,
        };
    }

    /// <summary>What the original makes of the frames, or where it fails.</summary>
    private List<Picture> AsTheOriginal(IReadOnlyList<VisualMedia> media, List<Picture> frames)
    {
        if (config.PadsToSquare)
        {
            throw new DescribeException("processor_config.json sets center_pad, at which the original fails (--compat original); leave --compat out");
        }

        if (media.FirstOrDefault(one => one.Frames.Count != DefaultFrames) is { } other)
        {
            throw new DescribeException($"the original takes exactly {DefaultFrames} frames of each video and fails at {other.Frames.Count} (--compat original); give --frames {other.Frames.Count} or leave --compat out");
        }

        // Each frame is repeated for every beam where it stands, and the beam that counts is given the first frames of that list.
        return [.. frames.SelectMany(frame => Enumerable.Repeat(frame, Settings.Beams)).Take(frames.Count)];
    }

    /// <summary>A video whose features are averaged.</summary>
    private sealed record PooledVideo : VisualUnit
    {
        public required PoolGrid Grid { get; init; }
    }
}
