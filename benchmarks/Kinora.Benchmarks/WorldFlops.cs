using Kinora.Models.Checkpoints;
using Kinora.Models.Language;
using Kinora.Models.Vision;
using Kinora.Training.Optimization;
using Kinora.Training.Worlds;

namespace Kinora.Benchmarks;

/// <summary>
/// What a step's samples come to: positions of the decoder, and multiplications and additions of the products of a step with a frozen tower, those done twice to
/// save memory and those of throw-away heads not counted. Each once with the frames shared by all texts about them, and once as if each text came with frames of its own.
/// </summary>
internal sealed record WorldFlops(int Texts, double Positions, double SeparatePositions, double Products, double SeparateProducts)
{
    private const int NewtonSchulzSteps = 5;

    public static WorldFlops Of(string directory, ParameterStore store, IReadOnlyList<WorldSample> samples)
    {
        var config = ConfigReader.Load(Path.Combine(directory, "config.json"));
        var (vision, text) = (ClipConfig.Read(config.Section("vision_config")), LlamaConfig.Read(config.Section("text_config")));
        var (shared, separate, texts) = (new Total(), new Total(), 0);
        foreach (var sample in samples)
        {
            int[] lengths = [.. sample.Branches.Select(branch => branch.Ids.Length)];
            var prefix = sample.Encoded.Positions - lengths.Sum();
            texts += lengths.Length;
            shared.Add(sample.Targets.Frames, prefix, lengths);
            foreach (var length in lengths)
            {
                separate.Add(sample.Targets.Frames, prefix, [length]);
            }
        }

        var learned = samples.Sum(sample => sample.Encoded.Learned);
        return new(texts, shared.Positions, separate.Positions, Products(shared), Products(separate));

        double Products(Total total)
        {
            var sum = (total.Frames * Tower(vision)) + (12 * text.HiddenSize * (((text.Layers - 1) * total.Pairs) + total.LastPairs));
            foreach (var (name, values) in store.Parameters.Where(parameter => parameter.Settings.Shape.Rank >= 2).Select(parameter => (parameter.Settings.Name, (double)parameter.Settings.Shape.Count)))
            {
                // Forward, gradient of the input, gradient of the weights. What a frozen tower gives has no gradient.
                var last = name.Contains($"layers.{text.Layers - 1}.", StringComparison.Ordinal) && !name.Contains("k_proj", StringComparison.Ordinal) && !name.Contains("v_proj", StringComparison.Ordinal);
                sum += name switch
                {
                    _ when name.Contains("embed_tokens", StringComparison.Ordinal) || name.StartsWith("heads.", StringComparison.Ordinal) => 0,
                    _ when name.Contains("lm_head", StringComparison.Ordinal) => 6 * values * learned,
                    _ when name.Contains("linear_1", StringComparison.Ordinal) => 4 * values * total.Frames * vision.Patches,
                    _ when name.Contains("linear_2", StringComparison.Ordinal) => 6 * values * total.Frames * vision.Patches,
                    _ => 6 * values * (last ? total.Rows : total.Positions),
                };
            }

            return sum + store.Parameters.Where(parameter => parameter.Settings.Optimizer == OptimizerKind.Muon).Sum(parameter => Muon(parameter.Settings.Shape[0], parameter.Settings.Shape.Count / parameter.Settings.Shape[0]));
        }
    }

    /// <summary>A frame through the blocks that run.</summary>
    private static double Tower(ClipConfig vision)
    {
        double width = vision.HiddenSize, rows = vision.Patches + 1;
        var block = (4 * width * width) + (2 * width * vision.IntermediateSize);
        return (2 * vision.Patches * width * vision.Channels * vision.PatchSize * vision.PatchSize) + ((vision.Layers - 1) * ((2 * rows * block) + (4 * rows * rows * width)));
    }

    /// <summary>Half of a symmetric product counted.</summary>
    private static double Muon(double rows, double columns)
    {
        var shorter = Math.Min(rows, columns);
        return NewtonSchulzSteps * shorter * ((3 * rows * columns) + (shorter * shorter));
    }

    /// <summary>Queries and the keys that they see; the last block has queries of texts only.</summary>
    private sealed class Total
    {
        public double Frames { get; private set; }

        public double Positions { get; private set; }

        public double Rows { get; private set; }

        public double Pairs { get; private set; }

        public double LastPairs { get; private set; }

        public void Add(int frames, int prefix, int[] lengths)
        {
            var last = lengths.Sum(length => length * (prefix + ((length + 1) / 2.0)));
            (Frames, Rows, Positions) = (Frames + frames, Rows + lengths.Sum(), Positions + prefix + lengths.Sum());
            (Pairs, LastPairs) = (Pairs + (prefix * (prefix + 1) / 2.0) + last, LastPairs + last);
        }
    }
}
