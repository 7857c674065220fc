using Kinora.Models.Checkpoints;
using Kinora.Tensors;

namespace Kinora.Models.Vision;

/// <summary>The sizes of Qwen2-VL's vision tower; what a configuration omits takes the values of the original's configuration class.</summary>
public sealed record Qwen2VisionConfig
{
    /// <summary>Added to the variance before the root; no file says otherwise.</summary>
    public const float NormEpsilon = 1e-6f;

    /// <summary>Base of the rotary frequencies; no file says otherwise.</summary>
    public const double RopeTheta = 10_000;

    /// <summary>Width of the residual stream.</summary>
    public int EmbedSize { get; init; } = 1280;

    /// <summary>Width inside the MLP.</summary>
    public int InnerSize { get; init; } = 5120;

    /// <summary>Number of blocks.</summary>
    public int Layers { get; init; } = 32;

    /// <summary>Attention heads.</summary>
    public int Heads { get; init; } = 16;

    /// <summary>Side of a patch in pixels.</summary>
    public int PatchSize { get; init; } = 14;

    /// <summary>Pictures that a patch goes through.</summary>
    public int TemporalPatchSize { get; init; } = 2;

    /// <summary>Patches along each side of what becomes one token.</summary>
    public int MergeSize { get; init; } = 2;

    /// <summary>Width of what the merger gives: the decoder's.</summary>
    public int OutputSize { get; init; } = 3584;

    /// <summary>The MLP's function.</summary>
    public Activation Activation { get; init; } = Activation.QuickGelu;

    /// <summary>Values per head.</summary>
    public int HeadSize => EmbedSize / Heads;

    /// <summary>Values of a patch.</summary>
    public int PatchLength => 3 * TemporalPatchSize * PatchSize * PatchSize;

    /// <summary>Reads the vision part of a configuration.</summary>
    /// <exception cref="CheckpointException">A value that can't be.</exception>
    public static Qwen2VisionConfig Read(ConfigReader config)
    {
        const int Most = 1 << 16;
        const int MostOfPatch = 512;
        var embed = config.Int("embed_dim", 1280, 1, Most);
        var result = new Qwen2VisionConfig
        {
            EmbedSize = embed,
            InnerSize = (int)(embed * config.Double("mlp_ratio", 4, 0, 1024)),
            Layers = config.Int("depth", 32, 1, 1024),
            Heads = config.Int("num_heads", 16, 1, Most),
            PatchSize = config.Int("patch_size", 14, 1, MostOfPatch),
            TemporalPatchSize = config.Int("temporal_patch_size", 2, 1, MostOfPatch),
            MergeSize = config.Int("spatial_merge_size", 2, 1, MostOfPatch),
            OutputSize = config.Int("hidden_size", 3584, 1, 1 << 20),
            Activation = config.String("hidden_act", "quick_gelu") switch
            {
                "quick_gelu" => Activation.QuickGelu,
                "gelu" => Activation.Gelu,
                "gelu_new" or "gelu_pytorch_tanh" => Activation.GeluTanh,
                "silu" => Activation.Silu,
                _ => throw config.Unusable("hidden_act", "quick_gelu, gelu, gelu_new, gelu_pytorch_tanh or silu"),
            },
        };
        config.Int("in_channels", 3, 3, 3);
        if (result.InnerSize < 1)
        {
            throw config.Unusable("mlp_ratio", $"a number that makes at least one of embed_dim, {embed}");
        }

        // Half of a head turns by the row and half by the column, and both halves in pairs.
        return embed % result.Heads == 0 && result.HeadSize % 4 == 0 ? result
            : throw config.Unusable("num_heads", $"a number of heads by which embed_dim, {embed}, falls into multiples of 4");
    }
}
