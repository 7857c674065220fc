using Kinora.Media;
using Kinora.Models.Checkpoints;
using Kinora.Models.Language;
using Kinora.Models.Vision;
using Kinora.Tensors;

namespace Kinora.Models.Families;

/// <summary>The settings of a PLLaVA checkpoint; what its files omit has the values of the original's configuration class.</summary>
internal sealed record PllavaConfig
{
    public required ClipConfig Vision { get; init; }

    public required LlamaConfig Text { get; init; }

    private static readonly string[] ownKeys = ["pooling_shape", "pooling_method", "use_pooling", "frame_shape", "num_frames"];

    /// <summary>The most frames of a video: means over a film's would take longer than anybody waits.</summary>
    public const int MostFrames = 1 << 12;

    /// <summary>Blocks of the tower that run.</summary>
    public required int Blocks { get; init; }

    public required Activation Activation { get; init; }

    public required int ImageTokenId { get; init; }

    /// <summary>Frames of a video.</summary>
    public required int Frames { get; init; }

    /// <summary>Rows and columns in which the features of a frame are seen.</summary>
    public required (int Rows, int Columns) Grid { get; init; }

    public required PoolingTarget Pooling { get; init; }

    /// <summary>Whether the files want features averaged at all. The original does it in any case.</summary>
    public required bool Pools { get; init; }

    public required ClipImageProcessor Processor { get; init; }

    /// <summary>The short side that the processor resizes to.</summary>
    public int ShortestEdge => Processor.Settings.ShortestEdge ?? Processor.Settings.Size?.Height ?? Vision.ImageSize;

    /// <summary>Whether frames are made square with black borders.</summary>
    public required bool PadsToSquare { get; init; }

    /// <summary>The original has LLaVA's model type, and is told by its architecture or by keys of its own.</summary>
    public static bool Matches(ConfigReader config) => config.String("model_type", "") switch
    {
        "pllava" => true,
        "llava" => config.Strings("architectures").Any(name => name.StartsWith("Pllava", StringComparison.Ordinal)) || ownKeys.Any(config.Has),
        _ => false,
    };

    /// <summary>Reads <c>config.json</c>, <c>preprocessor_config.json</c> and, if there is one, <c>processor_config.json</c>.</summary>
    /// <exception cref="CheckpointException">A value that can't be.</exception>
    /// <exception cref="MediaException">preprocessor_config.json can't be read.</exception>
    public static PllavaConfig Read(Checkpoint checkpoint)
    {
        var config = checkpoint.Config;
        var vision = config.Has("vision_config") ? ClipConfig.Read(config.Section("vision_config")) : new ClipConfig();
        if (config.String("text_config.model_type", "llama") is not "llama")
        {
            throw config.Unusable("text_config.model_type", "\"llama\", the decoder of this family");
        }

        if (config.String("vision_feature_select_strategy", "default") is not "default")
        {
            throw config.Unusable("vision_feature_select_strategy", "\"default\": with the class token the features form no grid");
        }

        var method = config.String("pooling_method", "avg");
        if (method is not ("avg" or "none"))
        {
            throw config.Unusable("pooling_method", "avg, or none for features as they are");
        }

        // Entry 0 of the hidden states is what enters block 0, entry k what leaves block k - 1; -1 is the last.
        var layer = config.Int("vision_feature_layer", -2, -vision.Layers - 1, vision.Layers);
        var grid = config.Has("frame_shape") ? config.Ints("frame_shape", 1, vision.Patches) : [24, 24];
        if (grid.Count != 2 || (long)grid[0] * grid[1] != vision.Patches)
        {
            throw config.Unusable("frame_shape", $"rows and columns whose product is the number of the tower's patches, {vision.Patches}");
        }

        var target = config.Has("pooling_shape") ? config.Ints("pooling_shape", 1, PoolingTarget.MostCells) : [8, 16, 16];
        if (target.Count != 3 || (long)target[0] * target[1] * target[2] > PoolingTarget.MostTokens)
        {
            throw config.Unusable("pooling_shape", $"cells along time, height and width, at most {PoolingTarget.MostTokens} in all");
        }

        var processor = Path.Combine(checkpoint.Directory, "processor_config.json");
        return new()
        {
            Vision = vision,
            Text = LlamaConfig.Read(config.Section("text_config")),
            Blocks = layer < 0 ? vision.Layers + 1 + layer : layer,
            Activation = config.String("projector_hidden_act", "gelu") switch
            {
                "gelu" => Activation.Gelu,
                "gelu_new" or "gelu_pytorch_tanh" => Activation.GeluTanh,
                "quick_gelu" => Activation.QuickGelu,
                "silu" => Activation.Silu,
                _ => throw config.Unusable("projector_hidden_act", "gelu, gelu_new, gelu_pytorch_tanh, quick_gelu or silu"),
            },

            // The placeholder's row of the embeddings is never used, and may not be there.
            ImageTokenId = config.Int("image_token_index", 32000, 0, 1 << 24),
            Frames = config.Int("num_frames", 1, 1, MostFrames),
            Grid = (grid[0], grid[1]),
            Pooling = new(target[0], target[1], target[2]),
            Pools = method != "none" && config.Bool("use_pooling", true),
            Processor = Fitting(Path.Combine(checkpoint.Directory, "preprocessor_config.json"), vision),
            PadsToSquare = File.Exists(processor) && ConfigReader.Load(processor).Bool("center_pad", false),
        };
    }

    /// <summary>A processor that neither resizes nor crops would leave pictures of other sizes as they are.</summary>
    private static ClipImageProcessor Fitting(string path, ClipConfig vision)
    {
        var processor = ClipImageProcessor.Load(path);
        var made = processor.OutputSize(vision.ImageSize + 1, vision.ImageSize + 1);
        return made == (vision.ImageSize, vision.ImageSize)
            ? processor
            : throw new CheckpointException(path, $"makes pictures of {made.Width}x{made.Height} pixels out of {vision.ImageSize + 1}x{vision.ImageSize + 1}, but config.json's vision_config.image_size is {vision.ImageSize}; the two files are not of one model");
    }
}
