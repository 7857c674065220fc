using Kinora.Models.Weights;
using Kinora.Tensors;

namespace Kinora.Models.Vision;

/// <summary>A CLIP vision transformer up to the layer whose features are wanted.</summary>
public sealed class ClipTower
{
    private readonly Tensor classEmbedding; // [hidden]
    private readonly Tensor patchEmbedding; // [hidden, channels * patch * patch]
    private readonly Tensor positions; // [1 + patches, hidden]
    private readonly (Tensor Weight, Tensor Bias) preNorm;
    private readonly ClipBlock[] blocks;

    /// <summary>Takes the tensors of the blocks that run.</summary>
    /// <param name="weights">Where from.</param>
    /// <param name="config">The sizes.</param>
    /// <param name="prefix">What the names begin with: <c>vision_tower.vision_model.</c></param>
    /// <param name="blockCount">Blocks to run; those behind influence nothing.</param>
    public ClipTower(WeightLoader weights, ClipConfig config, string prefix, int blockCount)
    {
        Config = config;
        var hidden = config.HiddenSize;
        classEmbedding = weights.Vector(WeightPart.Tower, $"{prefix}embeddings.class_embedding", hidden);
        patchEmbedding = weights.Matrix(WeightPart.Tower, $"{prefix}embeddings.patch_embedding.weight", hidden, config.Channels, config.PatchSize, config.PatchSize);
        positions = weights.Vector(WeightPart.Tower, $"{prefix}embeddings.position_embedding.weight", config.Patches + 1, hidden);

        // The published files spell it without the e.
        preNorm = (weights.Vector(WeightPart.Tower, $"{prefix}pre_layrnorm.weight", hidden), weights.Vector(WeightPart.Tower, $"{prefix}pre_layrnorm.bias", hidden));
        blocks = [.. Enumerable.Range(0, blockCount).Select(layer => new ClipBlock(weights, config, $"{prefix}encoder.layers.{layer}."))];
    }

    /// <summary>The sizes.</summary>
    public ClipConfig Config { get; }

    /// <summary>Features of pictures, without the class token.</summary>
    /// <param name="operations">What to compute with; its observer sees <c>vision_hidden_0</c> (after the first norm), <c>vision_hidden_1</c> and on (after each block) and <c>vision_output</c>.</param>
    /// <param name="pixels">[frames, channels, imageSize, imageSize].</param>
    /// <returns>[frames * patches, hidden].</returns>
    /// <exception cref="ArgumentException">Pictures of another size.</exception>
    public Tensor Forward(TensorOperations operations, Tensor pixels)
    {
        if (pixels.Shape.Rank != 4 || pixels.Shape[1] != Config.Channels || pixels.Shape[2] != Config.ImageSize || pixels.Shape[3] != Config.ImageSize)
        {
            throw new ArgumentException($"Pixels of shape {pixels.Shape} don't fit the tower, which takes [frames, {Config.Channels}, {Config.ImageSize}, {Config.ImageSize}].", nameof(pixels));
        }

        var (frames, hidden, patches) = (pixels.Shape[0], Config.HiddenSize, Config.Patches);
        var output = operations.New(frames * patches, hidden);
        using var frame = operations.Begin();
        var sequences = Sequences.Equal(frames, patches + 1);
        var embedded = operations.Linear(operations.Patches(pixels, Config.PatchSize), patchEmbedding); // [frames * patches, hidden]
        var x = operations.Prepend(embedded, classEmbedding, frames); // [frames * (1 + patches), hidden]
        x = operations.AddRepeated(x, positions, patches + 1);
        x = operations.LayerNorm(x, preNorm.Weight, preNorm.Bias, Config.NormEpsilon);
        operations.Observe("vision_hidden_0", x);
        for (var layer = 0; layer < blocks.Length; layer++)
        {
            x = operations.Run(blocks[layer], x, sequences);
            if (operations.Observer is not null)
            {
                operations.Observe($"vision_hidden_{layer + 1}", x);
            }
        }

        return operations.Observe("vision_output", operations.DropFirst(x, frames, output));
    }
}
