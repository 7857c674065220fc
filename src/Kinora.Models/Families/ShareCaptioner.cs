using Kinora.Media;
using Kinora.Models.Adapters;
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
/// ShareCaptioner-Video (Chen et al. 2024, arXiv 2406.04325), which is InternLM-XComposer2-4KHD (Dong et al. 2024, arXiv 2404.06512): a picture is brought to whole tiles, which pass a CLIP tower together
/// with a view of the whole; four neighbouring features become one, learned vectors close every row and part the view from the tiles, and a two-layer projector leads into an InternLM2 decoder whose
/// layers have a low-rank update for the rows of pictures only.
/// </summary>
/// <remarks>Keys: <c>vit.vision_tower.vision_model.*</c>, <c>plora_sub_GN</c>, <c>plora_glb_GN</c>, <c>vision_proj.{0,2}</c>, <c>model.*</c>, <c>output</c>.</remarks>
public sealed class ShareCaptioner : VisionLanguageModel
{
    private const string TowerKeys = "vit.vision_tower.vision_model.";
    private const int Neighbours = 4;
    
    /// <summary>The largest number of tiles that the model was trained with.</summary>
    internal const int MostTiles = 55;


    // What stands for a picture among the reference's ids; no token has it.
    private const int Mark = -100;

    private readonly ClipTower tower;
    private readonly MlpProjector projector;
    private readonly LlamaDecoder decoder;
    private readonly ClipImageProcessor processor = new(new() { Resize = false, CentreCrop = false });
    private readonly Tensor rowEnd; // [4, vision]
    private readonly Tensor viewEnd; // [4, vision]
    private readonly int turnEnd;
    private readonly int textEnd;

    private ShareCaptioner(Checkpoint checkpoint, WeightLoader weights, Tokenizer tokenizer, ClipConfig vision, LlamaConfig text)
        : base(checkpoint, weights, tokenizer)
    {
        textEnd = EndTokens.Find(checkpoint, tokenizer)[0];
        turnEnd = tokenizer.IdOf(ShareCaptionerPrompt.End) ?? throw new CheckpointException(checkpoint.Directory, $"has a tokenizer without {ShareCaptionerPrompt.End}, which ends turns; fetch the tokenizer of this model");
        tower = new ClipTower(weights, vision, TowerKeys, vision.Layers);
        rowEnd = weights.Vector(WeightPart.Connector, "plora_sub_GN", 1, 1, 1, Neighbours * vision.HiddenSize).Reshape(new Shape(Neighbours, vision.HiddenSize));
        viewEnd = weights.Vector(WeightPart.Connector, "plora_glb_GN", 1, 1, Neighbours * vision.HiddenSize).Reshape(new Shape(Neighbours, vision.HiddenSize));
        projector = new MlpProjector(weights, Neighbours * vision.HiddenSize, text.HiddenSize, Activation.Gelu, "vision_proj.", "0", "2");
        decoder = new LlamaDecoder(weights, text, "");
        AttachUpdates(checkpoint, weights);
        checkpoint.Ignore($"{TowerKeys}post_layernorm.", "the features are taken before the tower's last norm");
        checkpoint.Ignore(name => name.EndsWith(".position_ids", StringComparison.Ordinal) || name.EndsWith(".rotary_emb.inv_freq", StringComparison.Ordinal), "a constant of older library versions");
        checkpoint.Complete();
    }

    /// <summary>The most tiles of a single picture, of a video's frames in one picture, and of two frames: those of the published page.</summary>
    public (int Picture, int Frames) Tiles { get; set; } = (9, 16);

    /// <summary>Whether an answer ends with its turn; the original goes on to the end of the text and cuts it there afterwards.</summary>
    public bool StopsAtTurnEnd { get; set; } = true;

    /// <inheritdoc/>
    public override string Family => "sharecaptioner";

    /// <inheritdoc/>
    public override LlamaDecoder Decoder => decoder;

    /// <inheritdoc/>
    public override int ImageTokenId => Mark;

    /// <inheritdoc/>
    public override int TowerWidth => tower.Config.HiddenSize;

    /// <inheritdoc/>
    public override int TowerLayers => tower.Config.Layers;

    /// <inheritdoc/>
    public override IReadOnlyList<int> EndIds => StopsAtTurnEnd ? [turnEnd, textEnd] : [textEnd];

    /// <inheritdoc/>
    public override int DefaultFrames => 16;

    /// <inheritdoc/>
    public override int DefaultBeams => 3;

    /// <summary>Side of a tile in pixels.</summary>
    public int TileSide => tower.Config.ImageSize;

    /// <summary>What a user should know of the family.</summary>
    public static FamilyCard Card { get; } = new("ShareCaptioner-Video", "captions for data: whole videos, changes from frame to frame, summaries, prompts written out", "its own questions for each task; three beams", "16 frames of a video in one tall picture, or one picture", [
        new("Lin-Chen/ShareCaptioner-Video", 8.6, "InternLM"),
    ]);

    /// <summary>Whether a configuration describes such a checkpoint.</summary>
    public static bool Matches(ConfigReader config) => config.String("model_type", "") == "internlmxcomposer2";

    /// <summary>Loads a checkpoint.</summary>
    /// <param name="checkpoint">Owned by the model that comes out; if loading fails, still by the caller.</param>
    /// <param name="weights">Takes the tensors; owned as the checkpoint.</param>
    /// <exception cref="CheckpointException">Weights or settings don't fit.</exception>
    /// <exception cref="TokenizerException">The tokenizer's files are damaged.</exception>
    public static ShareCaptioner Load(Checkpoint checkpoint, WeightLoader weights)
    {
        var config = checkpoint.Config;
        var vision = config.Has("vision_config") ? ClipConfig.Read(config.Section("vision_config")) : new ClipConfig();
        if (vision.Grid % 2 != 0)
        {
            throw config.Unusable("vision_config.patch_size", $"one that gives an even number of patches along {vision.ImageSize} pixels, as four of them become one");
        }

        var bias = config.Bool("bias", false);
        var text = LlamaConfig.Read(config) with { Names = DecoderNames.InternLm2, AttentionBias = bias, OutputBias = bias, MlpBias = false };
        return new(checkpoint, weights, checkpoint.OtherTokenizer ?? Tokenizer.Load(checkpoint.Directory), vision, text);
    }

    /// <summary>Each picture by itself; the frames of a video are one picture, one below the other.</summary>
    public override VisualLayout Plan(IReadOnlyList<VisualShape> media) => Layout([.. media.Select(one => one.IsVideo
        ? (Whole(StackedFrames.LabelledSize(one.Frames, one.Width, one.Height)), Tiles.Frames)
        : ((one.Width, one.Height), Tiles.Picture))]);

    /// <inheritdoc/>
    public override VisualInput Prepare(IReadOnlyList<VisualMedia> media) => Prepare([.. media.Select(one => one.IsVideo ? (Stacked(one.Frames), Tiles.Frames) : (one.Frames[0], Tiles.Picture))]);

    /// <summary>Pictures as they are, each with the most tiles that it may have.</summary>
    public VisualInput Prepare(IReadOnlyList<(Picture Picture, int Most)> pictures)
    {
        var layout = Layout([.. pictures.Select(one => ((one.Picture.Width, one.Picture.Height), one.Most))]);
        var pixels = Tensor.Allocate(PixelShape(layout), zeroed: false);
        try
        {
            var (first, size) = (0, (int)(pixels.Shape.Count / Math.Max(1, pixels.Shape[0])));
            foreach (var (picture, most) in pictures)
            {
                var whole = HdTransform.Apply(picture, most, TileSide);
                var tiles = (whole.Width / TileSide * (whole.Height / TileSide)) + 1;
                Cut(whole, pixels.AsSpan().Slice(first * size, tiles * size), size);
                first += tiles;
            }

            return new(pixels, layout);
        }
        catch
        {
            pixels.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override Shape PixelShape(VisualLayout layout) => new(layout.PixelRows, tower.Config.Channels, TileSide, TileSide);

    /// <inheritdoc/>
    public override Tensor Encode(TensorOperations operations, Tensor pixels, IReadOnlyList<VisualUnit> units) => tower.Forward(operations, pixels);

    /// <inheritdoc/>
    public override Tensor Connect(TensorOperations operations, Tensor features, IReadOnlyList<VisualUnit> units)
    {
        var tokens = VisualUnit.TokensOf(units);
        var connected = operations.New(tokens, decoder.Config.HiddenSize);
        using var frame = operations.Begin();
        var plan = operations.Indices(Neighbours * tokens);
        var (place, first) = (0, 0);
        for (var i = 0; i < units.Count; i++)
        {
            ((HdUnit)units[i]).Place(plan, ref place, first, tower.Config.Grid);
            first += units[i].FeatureRows;
        }

        var ends = operations.Concatenate(0, [rowEnd, viewEnd]);
        var merged = operations.Reshape(operations.Place(plan, ends, features), new Shape(tokens, Neighbours * tower.Config.HiddenSize));
        operations.Copy(projector.Forward(operations, operations.Observe("merged", merged)), connected);
        return operations.Observe("connector_output", connected);
    }

    /// <inheritdoc/>
    public override SequencePlaces? PlacesOf(ReadOnlySpan<int> ids, VisualLayout? layout, int first)
    {
        var spans = new List<RowSpan>();
        for (var place = 0; place < ids.Length; place++)
        {
            var begin = place;
            while (place < ids.Length && IsPlaceholder(ids[place]))
            {
                place++;
            }

            if (place > begin)
            {
                spans.Add(new(begin, place - begin));
            }
        }

        return spans.Count > 0 ? new(Pictures: spans) : null;
    }

    /// <inheritdoc/>
    public override string DescribePrompt(bool video) => video ? ShareCaptionerPrompt.Fast : ShareCaptionerPrompt.First;

    /// <inheritdoc/>
    public override IReadOnlyList<PromptSpan> FirstPrompt(string typed, IReadOnlyList<VisualShape> media) => ShareCaptionerPrompt.Open(typed, media.Count);

    /// <inheritdoc/>
    public override IReadOnlyList<PromptSpan> NextPrompt(string typed) => ShareCaptionerPrompt.Continue(typed);

    /// <summary>What lies before and behind a picture is tokenised apart; the begin token stands before all of it.</summary>
    public override int[] Tokenize(IReadOnlyList<PromptSpan> spans, bool begins) => PictureSpans.Tokenize(Tokenizer, spans, begins, ShareCaptionerPrompt.Image, Mark);

    private static (int Width, int Height) Whole((long Width, long Height) size)
        => size.Height <= int.MaxValue ? ((int)size.Width, (int)size.Height) : throw new DescribeException($"the frames make a picture of {size.Width}x{size.Height}; use fewer --frames");

    private static Picture Stacked(IReadOnlyList<Picture> frames)
    {
        try
        {
            return StackedFrames.Labelled(frames);
        }
        catch (ArgumentException error)
        {
            throw new DescribeException(error.Message);
        }
    }

    /// <summary>The view of the whole, which is resized without antialiasing, and the tiles row by row.</summary>
    private void Cut(Picture whole, Span<float> target, int size)
    {
        var (side, width, height) = (TileSide, whole.Width, whole.Height);
        var values = new float[3 * width * height];
        processor.Process(whole, values);
        CubicResize.Resize(values, width, height, target[..size], side);
        var tile = target[size..];
        for (var top = 0; top < height; top += side)
        {
            for (var left = 0; left < width; left += side, tile = tile[size..])
            {
                for (var line = 0; line < 3 * side; line++)
                {
                    values.AsSpan((((line / side * height) + top + (line % side)) * width) + left, side).CopyTo(tile[(line * side)..]);
                }
            }
        }
    }

    private VisualLayout Layout(IReadOnlyList<((int Width, int Height) Size, int Most)> pictures)
    {
        var units = pictures.Select(one => Unit(HdTransform.Size(one.Size.Width, one.Size.Height, Math.Min(one.Most, MostTiles), TileSide))).ToList();
        return new([.. units.Select(unit => new VisualItem(unit.Tokens, 1, 1, unit.Tokens))], units);
    }

    private HdUnit Unit((int Width, int Height) whole)
    {
        var (columns, rows, merged, patches) = (whole.Width / TileSide, whole.Height / TileSide, tower.Config.Grid / 2, tower.Config.Patches);
        var tiles = (columns * rows) + 1;
        return new HdUnit
        {
            PixelRows = tiles,
            Parts = tiles,
            TowerRows = tiles * (patches + 1),
            FeatureRows = tiles * patches,
            Tokens = (tiles * merged * merged) + 1 + ((rows + 1) * merged),
            Columns = columns,
            Rows = rows,
        };
    }

    /// <summary>The rank is that of the stored tensors; the strength follows from it, as the settings don't say it.</summary>
    private static void AttachUpdates(Checkpoint checkpoint, WeightLoader weights)
    {
        const int HalvedRank = 8;
        foreach (var (name, layer) in weights.Layers.Where(entry => checkpoint.Contains($"{entry.Key}.Plora_A.weight")).ToList())
        {
            var rank = checkpoint.ShapeOf($"{name}.Plora_A.weight")[0];
            layer.Attach(new LowRankUpdate(
                weights.Matrix(WeightPart.Decoder, $"{name}.Plora_A.weight", rank, layer.Weight.Shape.Last),
                weights.Matrix(WeightPart.Decoder, $"{name}.Plora_B.weight", layer.Weight.Shape.Rows, rank))
            {
                PicturesOnly = true,
                Scale = rank == HalvedRank ? 2 : 1,
            });
        }
    }
}
