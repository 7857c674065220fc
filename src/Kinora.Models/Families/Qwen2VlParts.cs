using Kinora.Media;
using Kinora.Models.Checkpoints;
using Kinora.Models.Language;
using Kinora.Models.Vision;

namespace Kinora.Models.Families;

/// <summary>What a configuration of Qwen2-VL's network says, checked against each other.</summary>
/// <param name="Vision">The tower.</param>
/// <param name="Text">The decoder.</param>
/// <param name="Processor">The pictures.</param>
internal sealed record Qwen2VlParts(Qwen2VisionConfig Vision, LlamaConfig Text, PatchImageProcessor Processor)
{
    /// <summary>Reads the parts.</summary>
    /// <param name="directory">The model directory.</param>
    /// <param name="vision">The tower's section.</param>
    /// <param name="text">The decoder's section.</param>
    /// <param name="outer">The section around that one, or the same: whether the head is tied may be said there.</param>
    /// <exception cref="CheckpointException">Values that can't be or don't fit each other.</exception>
    /// <exception cref="MediaException"><c>preprocessor_config.json</c> can't be read.</exception>
    public static Qwen2VlParts Read(string directory, ConfigReader vision, ConfigReader text, ConfigReader outer)
    {
        var (tower, decoder) = (Qwen2VisionConfig.Read(vision), Qwen2Config.Read(text));
        decoder = decoder with { TiedHead = (text.Has("tie_word_embeddings") ? text : outer).Bool("tie_word_embeddings", false) };
        if (tower.OutputSize != decoder.HiddenSize)
        {
            throw vision.Unusable("hidden_size", $"the decoder's hidden_size, {decoder.HiddenSize}");
        }

        var path = Path.Combine(directory, "preprocessor_config.json");
        var settings = PatchImageSettings.Load(path);
        Require("patch_size", settings.PatchSize, tower.PatchSize);
        Require("temporal_patch_size", settings.TemporalPatchSize, tower.TemporalPatchSize);
        Require("merge_size", settings.MergeSize, tower.MergeSize);
        return new(tower, decoder, new PatchImageProcessor(settings));

        void Require(string key, int prepared, int expected)
        {
            if (prepared != expected)
            {
                throw new CheckpointException(path, $"{key} is {prepared}, but config.json's vision_config leads to {expected}; the two files are not of one model");
            }
        }
    }

    /// <summary>The innermost section of this name: published files nest a whole configuration inside a section of another.</summary>
    /// <param name="config">Where it is looked for.</param>
    /// <param name="key">The section's name.</param>
    /// <param name="sign">A key that the section meant has; without it the last one is meant.</param>
    public static ConfigReader Innermost(ConfigReader config, string key, string sign)
    {
        var section = config.Section(key);
        while (!section.Has(sign) && section.Has(key))
        {
            section = section.Section(key);
        }

        return section;
    }
}
