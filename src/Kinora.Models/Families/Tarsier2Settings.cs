using Kinora.Media;
using Kinora.Models.Checkpoints;

namespace Kinora.Models.Families;

/// <summary>The settings with which Tarsier2 is run: those of <c>tarser2_default_config.yaml</c> if that lies beside the weights, and of <c>processor_config.json</c>; else the published values.</summary>
public sealed record Tarsier2Settings
{
    /// <summary>The name under which the original publishes its settings, and the name that was meant.</summary>
    private static readonly string[] fileNames = ["tarser2_default_config.yaml", "tarsier2_default_config.yaml"];

    /// <summary>Keys that mean something in training or in logs only.</summary>
    private static readonly string[] otherKeys = ["is_training", "print_data_error", "train_task"];

    /// <summary>Frames of a sample: <c>n_frames</c>; of a list the first.</summary>
    public int Frames { get; init; } = 16;

    /// <summary>The most frames of a sample: <c>max_n_frames</c>.</summary>
    public int MostFrames { get; init; } = 256;

    /// <summary>The most tokens of a prompt: <c>max_seq_len</c>.</summary>
    public int MostTokens { get; init; } = 16384;

    /// <summary>What is done to a picture before the model's own processor has it.</summary>
    public PictureShaping Shaping { get; init; } = new();

    /// <summary>How frames are chosen: <c>video_sampler_version</c> v1 or v2.</summary>
    public FrameRule Rule { get; init; } = FrameRule.Distinct;

    /// <summary>Black frames are put behind a video up to a multiple of this: <c>force_frames_n_divisible</c>.</summary>
    public int FrameMultiple { get; init; } = 1;

    /// <summary>Whether each frame stands alone in time, put in twice, and isn't mixed with the next: <c>use_multi_images_for_video</c>.</summary>
    public bool FramesStandAlone { get; init; } = true;

    /// <summary>What is asked where nothing else is: <c>prompt</c>; null: a request for a description.</summary>
    public string? Prompt { get; init; }

    /// <summary>The token that stands for a picture: <c>image_token</c>.</summary>
    public string ImageToken { get; init; } = "<|image_pad|>";

    /// <summary>What a picture counts in the budget of pixels: <c>temporal_patch_size</c> of <c>processor_config.json</c>.</summary>
    public int PictureCount { get; init; } = 1;

    /// <summary>What a user should know of the files.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Reads the files of a model directory.</summary>
    /// <exception cref="CheckpointException">A file can't be read, or a value can't be.</exception>
    public static Tarsier2Settings Load(string directory)
    {
        var settings = new Tarsier2Settings();
        var processor = Path.Combine(directory, "processor_config.json");
        if (File.Exists(processor))
        {
            var json = ConfigReader.Load(processor);
            settings = settings with
            {
                MostTokens = json.Int("max_seq_len", settings.MostTokens, 1),
                ImageToken = json.String("image_token", settings.ImageToken),
                PictureCount = json.Int("temporal_patch_size", settings.PictureCount, 1, 512),
            };
        }

        var file = fileNames.Select(name => Path.Combine(directory, name)).FirstOrDefault(File.Exists);
        return file is null ? settings : settings.With(YamlSettings.Load(file));
    }

    private Tarsier2Settings With(ConfigReader yaml)
    {
        const int Most = 1 << 16;
        var (notes, sampling) = (new List<string>(), yaml.Section("video_sampling_strategy"));
        var frames = yaml.Ints("n_frames", 1, Most);
        if (frames.Count > 1)
        {
            notes.Add($"{yaml.Path}: n_frames names several numbers of frames to choose from at random; {frames[0]} is used");
        }

        var shaping = new PictureShaping
        {
            Crop = yaml.Bool("do_image_crop", Shaping.Crop),
            Pad = yaml.Bool("do_image_padding", Shaping.Pad),
            Stretch = yaml.Bool("do_image_resize", Shaping.Stretch),
            MostPixels = yaml.Int("max_pixels", (int)Shaping.MostPixels, 1, 1 << 28),
            LeastPixels = yaml.Int("min_pixels", (int)Shaping.LeastPixels, 0, 1 << 24),
        };
        var settings = this with
        {
            Frames = frames.Count > 0 ? frames[0] : Frames,
            MostFrames = yaml.Int("max_n_frames", MostFrames, 1, Most),
            MostTokens = yaml.Int("max_seq_len", MostTokens, 1),
            Shaping = shaping.LeastPixels <= shaping.MostPixels ? shaping : throw yaml.Unusable("min_pixels", $"at most max_pixels, {shaping.MostPixels}"),
            Rule = sampling.String("video_sampler_version", "v1") switch
            {
                "v1" => FrameRule.Distinct,
                "v2" => FrameRule.Middles,
                _ => throw sampling.Unusable("video_sampler_version", "v1 or v2"),
            },
            FrameMultiple = sampling.Int("force_frames_n_divisible", FrameMultiple, 1, Most),
            FramesStandAlone = sampling.Bool("use_multi_images_for_video", FramesStandAlone),
            Prompt = yaml.String("prompt", "") is { Length: > 0 } prompt ? prompt : null,
        };
        string[] unknown = [.. Unknown(yaml, "max_n_frames", "n_frames", "max_pixels", "min_pixels", "max_seq_len", "do_image_padding", "do_image_crop", "do_image_resize", "video_sampling_strategy", "prompt"), .. Unknown(sampling, "video_sampler_version", "force_frames_n_divisible", "use_multi_images_for_video")];
        if (unknown.Length > 0)
        {
            notes.Add($"{yaml.Path}: {Quotation.Of(unknown)} mean nothing here and change nothing");
        }

        return settings.Frames <= settings.MostFrames ? settings with { Notes = notes } : throw yaml.Unusable("n_frames", $"at most max_n_frames, {settings.MostFrames}");
    }

    private static IEnumerable<string> Unknown(ConfigReader section, params string[] known)
        => section.Root.EnumerateObject().Select(property => property.Name).Where(name => !known.Contains(name) && !otherKeys.Contains(name));
}
