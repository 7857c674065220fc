using Kinora.Media;
using Kinora.Models.Checkpoints;
using Kinora.Models.Language;
using Kinora.Models.Vision;
using Kinora.Tensors;

namespace Kinora.Models.Families;

/// <summary>How a checkpoint of the LLaVA line is written: two layouts with the same mathematics.</summary>
internal sealed record LlavaLayout
{
    public required ClipConfig Vision { get; init; }

    public required LlamaConfig Text { get; init; }

    public required ClipImageProcessor Processor { get; init; }

    public required int Blocks { get; init; }

    public required int ImageTokenId { get; init; }

    public required string TowerKeys { get; init; }

    public required string ProjectorKeys { get; init; }

    public required string FirstLayer { get; init; }

    public required string SecondLayer { get; init; }

    public required string DecoderKeys { get; init; }

    public required Activation Activation { get; init; }

    /// <summary>How pictures are tiled; null: they aren't.</summary>
    public AnyResolution? Tiles { get; init; }

    public bool HasNewline { get; init; }

    public string NewlineKey { get; init; } = "model.image_newline";

    public bool PadsToSquare { get; init; }

    /// <summary>The layout of the original repositories.</summary>
    public static bool IsOriginal(ConfigReader config) => config.String("model_type", "") is "llava_llama" or "llava" && config.Has("mm_vision_tower");

    /// <summary>The layout of Hugging Face's library; PLLaVA and Tarsier have it, too, with keys of their own.</summary>
    public static bool IsHuggingFace(ConfigReader config)
        => config.String("model_type", "") == "llava" && !config.Has("mm_vision_tower") && !config.Has("image_newline_idx") && !config.Has("pooling_shape") && config.String("text_config.model_type", "llama") == "llama";

    /// <summary>Reads a configuration of the original layout.</summary>
    /// <exception cref="CheckpointException">A value that can't be, or no tower.</exception>
    public static LlavaLayout Original(Checkpoint checkpoint, int mark)
    {
        const string Keys = "model.vision_tower.vision_tower.vision_model.";
        var config = checkpoint.Config;

        // A tower that learned along lies in the checkpoint; a frozen one may, and is not the one that was used.
        var inside = config.Bool("unfreeze_mm_vision_tower", false) && checkpoint.Contains($"{Keys}embeddings.class_embedding");
        var tower = SeparateTower.Find(checkpoint, needed: !inside);
        if (!inside)
        {
            checkpoint.Add(tower.Directory!, "vision_model.", Keys);
        }

        if (config.String("mm_vision_select_feature", "patch") is not "patch")
        {
            throw config.Unusable("mm_vision_select_feature", "\"patch\": with the class token the features form no map");
        }

        if (config.String("mm_projector_type", "linear") is not "mlp2x_gelu")
        {
            throw config.Unusable("mm_projector_type", "\"mlp2x_gelu\", the connector of LLaVA-1.5 and later");
        }

        var aspect = config.String("image_aspect_ratio", "square");
        var merge = config.String("mm_patch_merge_type", "flat");
        if (aspect is not ("square" or "pad" or "anyres"))
        {
            throw config.Unusable("image_aspect_ratio", "square, pad or anyres");
        }

        if (aspect == "anyres" && merge is not ("spatial" or "spatial_unpad"))
        {
            throw config.Unusable("mm_patch_merge_type", "spatial or spatial_unpad, where image_aspect_ratio is anyres");
        }

        return new()
        {
            Vision = tower.Config,
            Text = LlamaConfig.Read(config),
            Processor = Checked(tower.Processor, tower.Config, tower.Directory ?? checkpoint.Directory),
            Blocks = BlocksUpTo(config, "mm_vision_select_layer", tower.Config.Layers),
            ImageTokenId = mark,
            TowerKeys = Keys,
            ProjectorKeys = "model.mm_projector.",
            FirstLayer = "0",
            SecondLayer = "2",
            DecoderKeys = "",
            Activation = Activation.Gelu,
            PadsToSquare = aspect == "pad",
            Tiles = aspect == "anyres" ? new(tower.Config.ImageSize, Sizes(config, tower.Config.ImageSize)) : null,
            HasNewline = merge == "spatial_unpad",
        };
    }

    /// <summary>Reads a configuration of the Hugging Face layout.</summary>
    /// <exception cref="CheckpointException">A value that can't be.</exception>
    public static LlavaLayout HuggingFace(Checkpoint checkpoint)
    {
        var config = checkpoint.Config;
        var vision = config.Has("vision_config") ? ClipConfig.Read(config.Section("vision_config")) : new ClipConfig();
        var text = LlamaConfig.Read(config.Section("text_config"));
        if (config.String("vision_feature_select_strategy", "default") is not "default")
        {
            throw config.Unusable("vision_feature_select_strategy", "\"default\": with the class token the features form no map");
        }

        return new()
        {
            Vision = vision,
            Text = text,
            Processor = Checked(ClipImageProcessor.Load(Path.Combine(checkpoint.Directory, "preprocessor_config.json")), vision, checkpoint.Directory),
            Blocks = BlocksUpTo(config, "vision_feature_layer", vision.Layers),
            ImageTokenId = config.Int("image_token_index", 32000, 0),
            TowerKeys = "vision_tower.vision_model.",
            ProjectorKeys = "multi_modal_projector.",
            FirstLayer = "linear_1",
            SecondLayer = "linear_2",
            DecoderKeys = "language_model.",
            Activation = config.String("projector_hidden_act", "gelu") switch
            {
                "gelu" => Activation.Gelu,
                "gelu_new" or "gelu_pytorch_tanh" => Activation.GeluTanh,
                "quick_gelu" => Activation.QuickGelu,
                "silu" => Activation.Silu,
                _ => throw config.Unusable("projector_hidden_act", "gelu, gelu_new, gelu_pytorch_tanh, quick_gelu or silu"),
            },
        };
    }

    /// <summary>Sets aside what such checkpoints hold and the model doesn't use.</summary>
    public void IgnoreRest(Checkpoint checkpoint)
    {
        for (var layer = Blocks; layer < Vision.Layers; layer++)
        {
            checkpoint.Ignore($"{TowerKeys}encoder.layers.{layer}.", $"the features are taken before block {layer}");
        }

        checkpoint.Ignore($"{TowerKeys}post_layernorm.", "the features are taken before the tower's last norm");
        checkpoint.Ignore(NewlineKey, "pictures of this model aren't tiled");
        if (Text.TiedHead)
        {
            checkpoint.Ignore($"{DecoderKeys}lm_head.", "tie_word_embeddings makes the embedding table the head");
        }

        checkpoint.Ignore(name => name.EndsWith(".position_ids", StringComparison.Ordinal) || name.EndsWith(".rotary_emb.inv_freq", StringComparison.Ordinal), "a constant of older library versions");
    }

    /// <summary>Entry 0 of the hidden states is what enters block 0, entry k what leaves block k - 1; -1 is the last.</summary>
    private static int BlocksUpTo(ConfigReader config, string key, int layers)
    {
        var layer = config.Int(key, -2, -layers - 1, layers);
        return layer < 0 ? layers + 1 + layer : layer;
    }

    private static IReadOnlyList<(int Width, int Height)> Sizes(ConfigReader config, int side)
    {
        const string Key = "image_grid_pinpoints";
        const int Most = 1 << 14;
        var sizes = config.Pairs(Key, 1, Most);
        return sizes.Count > 0 && sizes.All(size => size.First % side == 0 && size.Second % side == 0)
            ? sizes
            : throw config.Unusable(Key, $"a list of sizes, each a multiple of the tower's {side} pixels");
    }

    /// <summary>A processor that neither resizes nor crops would leave pictures of other sizes as they are.</summary>
    private static ClipImageProcessor Checked(ClipImageProcessor processor, ClipConfig vision, string directory)
    {
        var made = processor.OutputSize(vision.ImageSize + 1, vision.ImageSize + 1);
        return made == (vision.ImageSize, vision.ImageSize)
            ? processor
            : throw new CheckpointException(Path.Combine(directory, "preprocessor_config.json"), $"makes pictures of {made.Width}x{made.Height} pixels, but the tower's image_size is {vision.ImageSize}; the two files are not of one model");
    }
}
