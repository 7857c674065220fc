using Kinora.Media;
using Kinora.Models.Checkpoints;
using Kinora.Models.Connectors;
using Kinora.Models.Inputs;
using Kinora.Models.Language;
using Kinora.Models.Tokenization;
using Kinora.Models.Vision;
using Kinora.Models.Weights;
using Kinora.Tensors;

namespace Kinora.Models.Families;

/// <summary>
/// Tarsier v1, 7b and 34b (Wang et al. 2024, arXiv 2407.00634). Each frame goes alone through a CLIP tower; the features of the last
/// block but one, without the class token, pass a two-layer projector. Every row of the patch grid is closed by the embedding of one
/// token and every frame by that of another; the frames then stand where the prompt has placeholders, in the order of time, which is
/// the only way in which the Llama decoder learns of time.
/// </summary>
/// <remarks>Keys: <c>vision_tower.vision_model.*</c>, <c>multi_modal_projector.*</c>, <c>language_model.*</c>.</remarks>
public sealed class Tarsier : VisionLanguageModel
{
    private const string TowerKeys = "vision_tower.vision_model.";

    private readonly ClipTower tower;
    private readonly MlpProjector projector;
    private readonly LlamaDecoder decoder;
    private readonly ClipImageProcessor processor;
    private readonly int rowEndId;
    private readonly int frameEndId;
    private readonly string endMark;

    private Tarsier(Checkpoint checkpoint, WeightLoader weights, Tokenizer tokenizer, ClipConfig vision, LlamaConfig text, int blocks, Activation activation, ClipImageProcessor processor)
        : base(checkpoint, weights, tokenizer)
    {
        var config = checkpoint.Config;
        this.processor = processor;
        ImageTokenId = TokenId("image_token_index", 32000);
        rowEndId = TokenId("image_newline_idx", 32002);
        frameEndId = TokenId("image_new_idx", 32003);
        EndIds = EndTokens.Find(checkpoint, tokenizer);
        endMark = tokenizer.TokenOf(EndIds[0])!;
        tower = new ClipTower(weights, vision, TowerKeys, blocks);
        projector = new MlpProjector(weights, vision.HiddenSize, text.HiddenSize, activation, "multi_modal_projector.");
        decoder = new LlamaDecoder(weights, text, "language_model.");
        for (var layer = blocks; layer < vision.Layers; layer++)
        {
            checkpoint.Ignore($"{TowerKeys}encoder.layers.{layer}.", $"vision_feature_layer takes features before block {layer}");
        }

        if (text.TiedHead)
        {
            checkpoint.Ignore("language_model.lm_head.", "tie_word_embeddings makes the embedding table the head");
        }

        checkpoint.Ignore($"{TowerKeys}post_layernorm.", "the features are taken before the tower's last norm");
        checkpoint.Ignore(name => name.EndsWith(".position_ids", StringComparison.Ordinal) || name.EndsWith(".rotary_emb.inv_freq", StringComparison.Ordinal), "a constant of older library versions");
        checkpoint.Complete();

        // The default must lie within the vocabulary as well.
        int TokenId(string key, int fallback) => config.Int(key, fallback < text.VocabularySize ? fallback : null, 0, text.VocabularySize - 1);
    }

    /// <inheritdoc/>
    public override string Family => "tarsier";

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
    public override int DefaultFrames => 8;

    /// <summary>What a user should know of the family.</summary>
    public static FamilyCard Card { get; } = new("Tarsier v1", "detailed descriptions of short clips", "free questions; one answer or a chat", "8 frames of a video, or one picture", [
        new("omni-research/Tarsier-7b", 7.1, "Llama 2 (Vicuna 1.5)"),
        new("omni-research/Tarsier-34b", 34.8, "Nous-Hermes-2-Yi-34B; tagged Apache-2.0"),
    ]);

    /// <summary>Whether a configuration describes a Tarsier v1 checkpoint.</summary>
    public static bool Matches(ConfigReader config)
        => config.String("model_type", "") == "llava" && config.Has("image_newline_idx") && config.String("text_config.model_type", "llama") == "llama";

    /// <summary>Loads a checkpoint.</summary>
    /// <param name="checkpoint">Owned by the model that comes out; if loading fails, still by the caller.</param>
    /// <param name="weights">Takes the tensors; owned as the checkpoint.</param>
    /// <exception cref="CheckpointException">Weights, settings or processor don't fit.</exception>
    /// <exception cref="TokenizerException">The tokenizer's files are damaged.</exception>
    /// <exception cref="MediaException">preprocessor_config.json can't be read.</exception>
    public static Tarsier Load(Checkpoint checkpoint, WeightLoader weights)
    {
        var config = checkpoint.Config;
        var vision = config.Has("vision_config") ? ClipConfig.Read(config.Section("vision_config")) : new ClipConfig();
        var text = LlamaConfig.Read(config.Section("text_config"));
        if (config.String("vision_feature_select_strategy", "default") is not "default")
        {
            throw config.Unusable("vision_feature_select_strategy", "\"default\": with the class token the features form no square grid, so no row ends can be put in");
        }

        // Entry 0 of the hidden states is what enters block 0, entry k what leaves block k - 1; -1 is the last.
        var layer = config.Int("vision_feature_layer", -2, -vision.Layers - 1, vision.Layers);
        var blocks = layer < 0 ? vision.Layers + 1 + layer : layer;
        var activation = config.String("projector_hidden_act", "gelu") switch
        {
            "gelu" => Activation.Gelu,
            "gelu_new" or "gelu_pytorch_tanh" => Activation.GeluTanh,
            "quick_gelu" => Activation.QuickGelu,
            "silu" => Activation.Silu,
            _ => throw config.Unusable("projector_hidden_act", "gelu, gelu_new, gelu_pytorch_tanh, quick_gelu or silu"),
        };
        var processor = ClipImageProcessor.Load(Path.Combine(checkpoint.Directory, "preprocessor_config.json"));

        // A processor that neither resizes nor crops would leave pictures of other sizes as they are.
        var made = processor.OutputSize(vision.ImageSize + 1, vision.ImageSize + 1);
        if (made != (vision.ImageSize, vision.ImageSize))
        {
            throw new CheckpointException(Path.Combine(checkpoint.Directory, "preprocessor_config.json"), $"makes pictures of {made.Width}x{made.Height} pixels out of {vision.ImageSize + 1}x{vision.ImageSize + 1}, but config.json's vision_config.image_size is {vision.ImageSize}; the two files are not of one model");
        }

        return new Tarsier(checkpoint, weights, checkpoint.OtherTokenizer ?? Tokenizer.Load(checkpoint.Directory), vision, text, blocks, activation, processor);
    }

    /// <summary>Each frame by itself: a grid of patches with one more vector per row and one more per frame, 24 x 25 + 1 = 601 at 336 pixels.</summary>
    public override VisualLayout Plan(IReadOnlyList<VisualShape> media)
    {
        var config = tower.Config;
        var (count, tokens) = (media.Sum(one => one.Frames), (config.Grid * (config.Grid + 1)) + 1);
        var unit = new VisualUnit { PixelRows = 1, TowerRows = config.Patches + 1, FeatureRows = config.Patches, Tokens = tokens };
        return new([.. Enumerable.Repeat(new VisualItem(tokens, 1, 1, tokens), count)], [.. Enumerable.Repeat(unit, count)]);
    }

    /// <inheritdoc/>
    public override VisualInput Prepare(IReadOnlyList<VisualMedia> media) => Prepare(media, padding: false);

    /// <summary>Pictures made square, by stretching or by padding with the processor's mean colour, and then as CLIP's processor has them.</summary>
    public VisualInput Prepare(IReadOnlyList<VisualMedia> media, bool padding)
    {
        var (frames, layout) = (media.SelectMany(one => one.Frames).ToList(), Plan([.. media.Select(one => one.Shape)]));
        var pixels = Tensor.Allocate(PixelShape(layout), zeroed: false);
        try
        {
            // One after the other on each thread: squares of large pictures would take more memory than the pictures.
            var size = (int)(pixels.Shape.Count / Math.Max(1, frames.Count));
            Parallel.For(0, frames.Count, i => processor.Process(
                padding ? TarsierPreprocessing.PadToSquare(frames[i], processor.MeanColour) : TarsierPreprocessing.StretchToSquare(frames[i]),
                pixels.AsSpan().Slice(i * size, size)));
            return new(pixels, layout);
        }
        catch
        {
            pixels.Dispose();
            throw;
        }    }

    /// <inheritdoc/>
    public override Shape PixelShape(VisualLayout layout) => new(layout.PixelRows, tower.Config.Channels, tower.Config.ImageSize, tower.Config.ImageSize);

    /// <inheritdoc/>
    public override Tensor Encode(TensorOperations operations, Tensor pixels, IReadOnlyList<VisualUnit> units) => tower.Forward(operations, pixels);

    /// <inheritdoc/>
    public override Tensor Connect(TensorOperations operations, Tensor features, IReadOnlyList<VisualUnit> units)
    {
        var (grid, hidden) = (tower.Config.Grid, decoder.Config.HiddenSize);
        var connected = operations.New(VisualUnit.TokensOf(units), hidden);
        using var frame = operations.Begin();
        var projected = projector.Forward(operations, features); // [frames * grid * grid, hidden]
        var plan = operations.Indices(connected.Shape.Rows);
        var place = 0;
        for (var patch = 0; patch < projected.Shape.Rows; patch++)
        {
            plan[place++] = ~patch;
            if (patch % grid == grid - 1)
            {
                plan[place++] = rowEndId;
            }

            if (patch % (grid * grid) == (grid * grid) - 1)
            {
                plan[place++] = frameEndId;
            }
        }

        return operations.Observe("connector_output", decoder.Place(operations, plan, projected, connected));
    }

    /// <inheritdoc/>
    public override string DescribePrompt(bool video) => video ? "Describe the video in detail." : "Describe the image in detail.";

    /// <inheritdoc/>
    public override IReadOnlyList<PromptSpan> FirstPrompt(string typed, IReadOnlyList<VisualShape> media) => TarsierPrompt.First(typed, media.Sum(one => one.Frames));

    /// <inheritdoc/>
    public override IReadOnlyList<PromptSpan> NextPrompt(string typed) => TarsierPrompt.Next(typed, endMark);
}
