using Kinora.Models.Inputs;
using Kinora.Models.Weights;
using Kinora.Tensors;

namespace Kinora.Models.Vision;

/// <summary>Qwen2-VL's vision transformer (Wang et al. 2024): pictures of any size, patches of several pictures each, positions turned in by row and column, attention within a step of time.</summary>
public sealed class Qwen2VisionTower
{
    private readonly Tensor patchEmbedding; // [embed, 3 * temporal * patch * patch]
    private readonly Qwen2VisionBlock[] blocks;

    /// <summary>Takes the tensors.</summary>
    /// <param name="weights">Where from.</param>
    /// <param name="config">The sizes.</param>
    /// <param name="prefix">What the names begin with: <c>visual.</c></param>
    public Qwen2VisionTower(WeightLoader weights, Qwen2VisionConfig config, string prefix)
    {
        Config = config;
        patchEmbedding = weights.Matrix(WeightPart.Tower, $"{prefix}patch_embed.proj.weight", config.EmbedSize, 3, config.TemporalPatchSize, config.PatchSize, config.PatchSize);
        blocks = [.. Enumerable.Range(0, config.Layers).Select(layer => new Qwen2VisionBlock(weights, config, $"{prefix}blocks.{layer}."))];
    }

    /// <summary>The sizes.</summary>
    public Qwen2VisionConfig Config { get; }

    /// <summary>Features of patches.</summary>
    /// <param name="operations">What to compute with; its observer sees <c>patch_embed_output</c>, <c>vision_block_0_output</c> and on, and <c>vision_output</c>.</param>
    /// <param name="pixels">[patches, 3 * temporal * patch * patch].</param>
    /// <param name="slices">The steps of time, which may be of different sizes; all are <see cref="PatchSlice"/>.</param>
    /// <returns>[patches, embed].</returns>
    public Tensor Forward(TensorOperations operations, Tensor pixels, IReadOnlyList<VisualUnit> slices)
    {
        var x = operations.Observe("patch_embed_output", operations.Linear(pixels, patchEmbedding));
        using var frame = operations.Begin();
        var sequences = Arrange(operations, x.Shape.Rows, slices);
        for (var layer = 0; layer < blocks.Length; layer++)
        {
            x = operations.Run(blocks[layer], x, sequences);
            if (operations.Observer is not null)
            {
                operations.Observe($"vision_block_{layer}_output", x);
            }
        }

        return operations.Observe("vision_output", x);
    }

    /// <summary>The slices as sequences, with the angles of each patch; they live in the workspace until the innermost frame ends.</summary>
    private Sequences Arrange(TensorOperations operations, int patches, IReadOnlyList<VisualUnit> slices)
    {
        var lengths = operations.Indices(slices.Count);
        var rows = operations.Indices(patches);
        var columns = operations.Indices(patches);
        var (first, equal) = (0, true);
        for (var i = 0; i < slices.Count; i++)
        {
            lengths[i] = slices[i].TowerRows;
            equal &= lengths[i] == lengths[0];
            ((PatchSlice)slices[i]).Places(Config.MergeSize, rows.Slice(first, lengths[i]), columns.Slice(first, lengths[i]));
            first += lengths[i];
        }

        var (cosines, sines) = (operations.New(patches, Config.HeadSize / 2), operations.New(patches, Config.HeadSize / 2));
        if (!operations.IsDry)
        {
            RotaryAngles.OfGrid(rows[..first], columns[..first], Qwen2VisionConfig.RopeTheta, cosines, sines);
        }

        return (equal ? Sequences.Equal(slices.Count, lengths[0]) : operations.Divide(lengths)).Turned(cosines, sines);
    }
}
