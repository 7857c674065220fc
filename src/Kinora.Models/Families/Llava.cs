using Kinora.Media;
using Kinora.Models.Checkpoints;
using Kinora.Models.Connectors;
using Kinora.Models.Describing;
using Kinora.Models.Inputs;
using Kinora.Models.Language;
using Kinora.Models.Tokenization;
using Kinora.Models.Vision;
using Kinora.Models.Weights;
using Kinora.Tensors;

namespace Kinora.Models.Families;

/// <summary>
/// LLaVA-1.5 (Liu et al. 2024, arXiv 2310.03744), LLaVA-NeXT, and ShareGPT4Video-8B (Chen et al. 2024, arXiv 2406.04325), which sees a video as one picture: sixteen frames in a grid. A picture passes a
/// CLIP tower as a square, or as an overview and tiles of any resolution whose maps are joined, freed of padding, and closed row by row with a learned vector; a two-layer projector leads into a Llama decoder.
/// </summary>
/// <remarks>
/// Keys of the original layout: <c>model.vision_tower.vision_tower.vision_model.*</c> (else a tower published by itself), <c>model.mm_projector.{0,2}</c>, <c>model.image_newline</c>, <c>model.*</c>, <c>lm_head</c>;
/// of the Hugging Face layout: <c>vision_tower.vision_model.*</c>, <c>multi_modal_projector.*</c>, <c>language_model.*</c>.
/// </remarks>
public sealed class Llava : VisionLanguageModel
{
    /// <summary>Frames of a video's grid.</summary>
    public const int GridFrames = 16;

    // The original's mark for a picture among ids; no token has it.
    private const int OriginalMark = -200;

    private readonly ClipTower tower;
    private readonly MlpProjector projector;
    private readonly LlamaDecoder decoder;
    private readonly ClipImageProcessor processor;
    private readonly LlavaTemplate template;
    private readonly AnyResolution? tiles;
    private readonly Tensor? newline; // [1, hidden]
    private readonly bool padsToSquare;

    private Llava(Checkpoint checkpoint, WeightLoader weights, Tokenizer tokenizer, LlavaLayout layout)
        : base(checkpoint, weights, tokenizer)
    {
        var (vision, text) = (layout.Vision, layout.Text);
        (processor, tiles, padsToSquare, ImageTokenId) = (layout.Processor, layout.Tiles, layout.PadsToSquare, layout.ImageTokenId);
        template = LlavaTemplate.Of(tokenizer, LlavaTemplate.OwnSystem);
        Family = tiles is not null && tokenizer.IdOf("<|eot_id|>") is not null ? "sharegpt4video" : "llava";

        // Some files name only the end of a text, not that of an answer.
        var ends = EndTokens.Find(checkpoint, tokenizer);
        EndIds = tokenizer.IdOf("<|eot_id|>") is { } end && !ends.Contains(end) ? [.. ends, end] : ends;
        tower = new ClipTower(weights, vision, layout.TowerKeys, layout.Blocks);
        projector = new MlpProjector(weights, vision.HiddenSize, text.HiddenSize, layout.Activation, layout.ProjectorKeys, layout.FirstLayer, layout.SecondLayer);
        newline = tiles is null || !layout.HasNewline ? null : weights.Vector(WeightPart.Connector, layout.NewlineKey, text.HiddenSize).Reshape(new Shape(1, text.HiddenSize));
        decoder = new LlamaDecoder(weights, text, layout.DecoderKeys);
        layout.IgnoreRest(checkpoint);
        checkpoint.Complete();
    }

    /// <summary>Whether only the overview of a tiled picture is looked at, as ShareGPT4Video's published script does.</summary>
    public bool OverviewOnly { get; set; }

    /// <summary>How pictures are tiled; null: they aren't.</summary>
    public AnyResolution? Tiles => tiles;

    /// <summary>Patches along a tile's side.</summary>
    public int Grid => tower.Config.Grid;

    /// <inheritdoc/>
    public override string Family { get; }

    /// <inheritdoc/>
    public override LlamaDecoder Decoder => decoder;

    /// <inheritdoc/>
    public override int ImageTokenId { get; }

    /// <inheritdoc/>
    public override int TowerWidth => tower.Config.HiddenSize;

    /// <inheritdoc/>
    public override int TowerLayers => tower.Config.Layers;

    /// <inheritdoc/>
    public override IReadOnlyList<int> EndIds { get; }

    /// <inheritdoc/>
    public override int DefaultFrames => GridFrames;

    /// <summary>What a user should know of the family.</summary>
    public static FamilyCard Card { get; } = new("LLaVA-1.5, LLaVA-NeXT, ShareGPT4Video-8B", "questions about a picture in high resolution, or about a video's frames in one grid", "free questions; one answer or a chat", "16 frames of a video in one grid, or one picture", [
        new("Lin-Chen/sharegpt4video-8b", 8.4, "Llama 3"),
        new("liuhaotian/llava-v1.5-7b", 7.1, "Llama 2 (Vicuna 1.5)"),
        new("llava-hf/llava-1.5-7b-hf", 7.1, "Llama 2 (Vicuna 1.5)"),
    ]);

    /// <summary>Whether a configuration describes such a checkpoint.</summary>
    public static bool Matches(ConfigReader config) => LlavaLayout.IsOriginal(config) || LlavaLayout.IsHuggingFace(config);

    /// <summary>Loads a checkpoint.</summary>
    /// <param name="checkpoint">Owned by the model that comes out; if loading fails, still by the caller.</param>
    /// <param name="weights">Takes the tensors; owned as the checkpoint.</param>
    /// <exception cref="CheckpointException">Weights, settings or processor don't fit, or the tower isn't there.</exception>
    /// <exception cref="TokenizerException">The tokenizer's files are damaged.</exception>
    /// <exception cref="MediaException">preprocessor_config.json can't be read.</exception>
    public static Llava Load(Checkpoint checkpoint, WeightLoader weights)
        => new(checkpoint, weights, checkpoint.OtherTokenizer ?? Tokenizer.Load(checkpoint.Directory), LlavaLayout.IsOriginal(checkpoint.Config) ? LlavaLayout.Original(checkpoint, OriginalMark) : LlavaLayout.HuggingFace(checkpoint));

    /// <summary>Each picture by itself; the frames of a video are one picture, a grid.</summary>
    public override VisualLayout Plan(IReadOnlyList<VisualShape> media)
    {
        var units = media.Select(one => one.IsVideo ? Unit(FrameGrid.Size(one.Frames, one.Width, one.Height)) : Unit((one.Width, one.Height))).ToList();
        return new([.. units.Select(unit => new VisualItem(unit.Tokens, 1, 1, unit.Tokens))], units);
    }

    /// <inheritdoc/>
    public override VisualInput Prepare(IReadOnlyList<VisualMedia> media)
    {
        var layout = Plan([.. media.Select(one => one.Shape)]);
        var pixels = Tensor.Allocate(PixelShape(layout), zeroed: false);
        try
        {
            var size = (int)(pixels.Shape.Count / Math.Max(1, pixels.Shape[0]));
            var views = media.Select(PictureOf).SelectMany(Views).ToList();
            Parallel.For(0, views.Count, i => processor.Process(views[i], pixels.AsSpan().Slice(i * size, size)));
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
        var connected = operations.New(VisualUnit.TokensOf(units), decoder.Config.HiddenSize);
        using var frame = operations.Begin();
        var projected = projector.Forward(operations, features); // [tiles * patches, hidden]
        var plan = operations.Indices(connected.Shape.Rows);
        var (place, first) = (0, 0);
        for (var i = 0; i < units.Count; i++)
        {
            ((LlavaUnit)units[i]).Place(plan, ref place, first, tower.Config.Grid);
            first += units[i].FeatureRows;
        }

        return operations.Observe("connector_output", operations.Place(plan, newline ?? projected, projected, connected));
    }

    /// <inheritdoc/>
    public override string DescribePrompt(bool video) => video ? "Describe this video in detail." : "Describe this picture in detail.";

    /// <inheritdoc/>
    public override IReadOnlyList<PromptSpan> FirstPrompt(string typed, IReadOnlyList<VisualShape> media)
        => template.First(typed, media.Count, media.Any(one => one.IsVideo) ? LlavaTemplate.OwnGridPreamble : "");

    /// <inheritdoc/>
    public override IReadOnlyList<PromptSpan> NextPrompt(string typed) => template.Next(typed);

    /// <summary>In the original layout no token stands for a picture: what lies before and behind it is tokenised apart, and a begin token that the tokenizer puts before each piece stays before the first only.</summary>
    public override int[] Tokenize(IReadOnlyList<PromptSpan> spans, bool begins)
        => ImageTokenId == OriginalMark ? PictureSpans.Tokenize(Tokenizer, spans, begins, LlavaTemplate.Image, OriginalMark) : base.Tokenize(spans, begins);

    private LlavaUnit Unit((int Width, int Height) picture)
    {
        var (patches, grid) = (tower.Config.Patches, tower.Config.Grid);
        if (tiles is null || OverviewOnly)
        {
            return new LlavaUnit { PixelRows = 1, TowerRows = patches + 1, FeatureRows = patches, Tokens = patches };
        }

        var best = tiles.Best(picture.Width, picture.Height);
        var (columns, rows) = (best.Width / tiles.Side, best.Height / tiles.Side);
        var padding = newline is null ? (0, 0) : AnyResolution.Padding(columns * grid, rows * grid, picture.Width, picture.Height);
        var unit = new LlavaUnit
        {
            PixelRows = 1 + (columns * rows),
            Parts = 1 + (columns * rows),
            TowerRows = (1 + (columns * rows)) * (patches + 1),
            FeatureRows = (1 + (columns * rows)) * patches,
            Tokens = 0,
            Columns = columns,
            Rows = rows,
            Padding = padding,
            ClosesRows = newline is not null,
        };
        return unit with { Tokens = unit.Count(grid) };
    }

    private static Picture PictureOf(VisualMedia media)
    {
        try
        {
            return media.IsVideo ? FrameGrid.Compose(media.Frames) : media.Frames[0];
        }
        catch (ArgumentException error)
        {
            throw new DescribeException($"the frames can't be put into a grid: {error.Message}");
        }
    }

    private IEnumerable<Picture> Views(Picture picture)
        => tiles is not null ? tiles.Tiles(picture, !OverviewOnly)
            : [padsToSquare ? TarsierPreprocessing.PadToSquare(picture.ToRgb(), processor.MeanColour) : picture];
}
