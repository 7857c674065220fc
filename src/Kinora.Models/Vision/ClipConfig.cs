using Kinora.Models.Checkpoints;
using Kinora.Tensors;

namespace Kinora.Models.Vision;

/// <summary>The sizes of a CLIP vision tower. A configuration without a vision part means CLIP ViT-L/14 at 336 pixels; a part that omits a value means the default of the CLIP configuration class.</summary>
public sealed record ClipConfig
{
    /// <summary>Width of the residual stream.</summary>
    public int HiddenSize { get; init; } = 1024;

    /// <summary>Width inside the MLP.</summary>
    public int IntermediateSize { get; init; } = 4096;

    /// <summary>Number of blocks in the checkpoint.</summary>
    public int Layers { get; init; } = 24;

    /// <summary>Attention heads.</summary>
    public int Heads { get; init; } = 16;

    /// <summary>Side of the square picture in pixels.</summary>
    public int ImageSize { get; init; } = 336;

    /// <summary>Side of a patch in pixels.</summary>
    public int PatchSize { get; init; } = 14;

    /// <summary>Colour channels.</summary>
    public int Channels { get; init; } = 3;

    /// <summary>The MLP's function.</summary>
    public Activation Activation { get; init; } = Activation.QuickGelu;

    /// <summary>Added to the variance before the root.</summary>
    public float NormEpsilon { get; init; } = 1e-5f;

    /// <summary>Patches along a side.</summary>
    public int Grid => ImageSize / PatchSize;

    /// <summary>Patches of a picture.</summary>
    public int Patches => Grid * Grid;

    /// <summary>Reads the vision part of a configuration.</summary>
    /// <exception cref="CheckpointException">A value that can't be.</exception>
    public static ClipConfig Read(ConfigReader config)
    {
        const int Most = 1 << 16;
        if (config.String("model_type", "clip_vision_model") is not "clip_vision_model")
        {
            throw config.Unusable("model_type", "\"clip_vision_model\", the tower of this family");
        }

        var result = new ClipConfig
        {
            HiddenSize = config.Int("hidden_size", 768, 1, Most),
            IntermediateSize = config.Int("intermediate_size", 3072, 1, Most),
            Layers = config.Int("num_hidden_layers", 12, 1, 1024),
            Heads = config.Int("num_attention_heads", 12, 1, Most),
            ImageSize = config.Int("image_size", 224, 1, 8192),
            PatchSize = config.Int("patch_size", 32, 1, 8192),
            Channels = config.Int("num_channels", 3, 3, 3),
            NormEpsilon = (float)config.Double("layer_norm_eps", 1e-5, 0, 1),
            Activation = config.String("hidden_act", "quick_gelu") switch
            {
                "quick_gelu" => Activation.QuickGelu,
                "gelu" => Activation.Gelu,
                "gelu_new" or "gelu_pytorch_tanh" => Activation.GeluTanh,
                _ => throw config.Unusable("hidden_act", "quick_gelu, gelu, gelu_new or gelu_pytorch_tanh"),
            },
        };
        if (result.HiddenSize % result.Heads != 0)
        {
            throw config.Unusable("hidden_size", $"a multiple of num_attention_heads, {result.Heads}");
        }

        if (result.Grid < 1)
        {
            throw config.Unusable("patch_size", $"at most image_size, {result.ImageSize}");
        }

        return result;
    }
}
