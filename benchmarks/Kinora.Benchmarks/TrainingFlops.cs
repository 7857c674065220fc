using Kinora.Models.Checkpoints;
using Kinora.Models.Language;
using Kinora.Models.Vision;
using Kinora.Training.Optimization;
using Kinora.Training.Trainers;

namespace Kinora.Benchmarks;

/// <summary>Multiplications and additions that a step needs in its products, those done twice to save memory not counted: what GFLOP/s are reckoned from.</summary>
internal static class TrainingFlops
{
    public static double Of(string directory, ParameterStore store, PackedBatch batch)
    {
        var config = ConfigReader.Load(Path.Combine(directory, "config.json"));
        var (vision, text) = (ClipConfig.Read(config.Section("vision_config")), LlamaConfig.Read(config.Section("text_config")));
        var frames = batch.Lengths.Length * TrainingData.Frames;
        double tokens = batch.Lengths.Sum();
        var total = 0.0;
        foreach (var parameter in store.Parameters.Where(parameter => parameter.Settings.Shape.Rank >= 2))
        {
            // Forward, gradient of the input, gradient of the weights. Pixels have no gradient.
            var (name, values) = (parameter.Settings.Name, (double)parameter.Settings.Shape.Count);
            total += name switch
            {
                _ when name.Contains("patch_embedding", StringComparison.Ordinal) => 4 * values * frames * vision.Patches,
                _ when name.Contains("position_embedding", StringComparison.Ordinal) || name.Contains("embed_tokens", StringComparison.Ordinal) => 0,
                _ when name.Contains("lm_head", StringComparison.Ordinal) => 6 * values * batch.Rows.Length,
                _ when name.StartsWith("vision_tower", StringComparison.Ordinal) => 6 * values * frames * (vision.Patches + 1),
                _ when name.StartsWith("multi_modal_projector", StringComparison.Ordinal) => 6 * values * frames * vision.Patches,
                _ => 6 * values * tokens,
            };
        }

        // Two products of every query with every key that it sees, and four back.
        var pairs = frames * Math.Pow(vision.Patches + 1, 2) * vision.HiddenSize * (vision.Layers - 1);
        var causal = batch.Lengths.Sum(length => length * (length + 1.0) / 2) * text.HiddenSize * text.Layers;
        return total + (12 * (pairs + causal));
    }
}
