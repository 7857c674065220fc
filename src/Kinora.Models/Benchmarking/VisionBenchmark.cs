using Kinora.Models.Connectors;
using Kinora.Models.Inputs;
using Kinora.Models.Vision;
using Kinora.Models.Weights;
using Kinora.Tensors;

namespace Kinora.Models.Benchmarking;

/// <summary>
/// Frames through towers with random weights in several formats: CLIP ViT-L/14-336, of which 23 of 24 blocks run, as Tarsier and LLaVA have it, and some
/// blocks of Qwen2-VL's with its merger, beside the products of those blocks alone.
/// </summary>
public static class VisionBenchmark
{
    private const int Batch = 4;

    /// <summary>Times it.</summary>
    /// <param name="rounds">How to time.</param>
    /// <param name="operations">What to compute with.</param>
    public static IReadOnlyList<BenchmarkResult> Run(Rounds rounds, TensorOperations operations)
    {
        ArgumentNullException.ThrowIfNull(rounds);
        StorageFormat[] formats = [StorageFormat.BF16, StorageFormat.F16, StorageFormat.Q8_0x16];
        return [.. formats.SelectMany(format => Clip(rounds, operations, format)), .. formats.SelectMany(format => Qwen(rounds, operations, format))];
    }

    private static IReadOnlyList<BenchmarkResult> Clip(Rounds rounds, TensorOperations operations, StorageFormat format)
    {
        var config = new ClipConfig();
        using var random = new RandomTensors(_ => format);
        using var weights = new WeightLoader(random, WeightFormat.AsStored);
        var tower = new ClipTower(weights, config, "", config.Layers - 1);
        using var pixels = Tensor.Allocate(new Shape(Batch, config.Channels, config.ImageSize, config.ImageSize));
        var one = BenchmarkCase.Of(operations, "ViT-L/14-336, one frame", format, compute => tower.Forward(compute, pixels.Slice(0, 1)));
        var several = BenchmarkCase.Of(operations, $"ViT-L/14-336, {Batch} frames together", format, compute => tower.Forward(compute, pixels));
        return rounds.Time([one with { Thing = "frame" }, several with { Count = Batch, Thing = "frame" }], 3);
    }

    /// <summary>A frame of 1280x720 as Tarsier2 sees it: 36x64 patches, 576 tokens.</summary>
    private static IReadOnlyList<BenchmarkResult> Qwen(Rounds rounds, TensorOperations operations, StorageFormat format)
    {
        const int Layers = 4;
        var config = new Qwen2VisionConfig { Layers = Layers };
        using var random = new RandomTensors(_ => format);
        using var weights = new WeightLoader(random, WeightFormat.AsStored);
        var (tower, merger) = (new Qwen2VisionTower(weights, config, ""), new PatchMerger(weights, config, ""));
        VisualUnit[] slices = [PatchSlice.Of(36, 64, config.MergeSize)];
        using var pixels = Tensor.Allocate(new Shape(slices[0].PixelRows, config.PatchLength));
        using var wide = Tensor.Allocate(new Shape(slices[0].PixelRows, config.InnerSize));
        using var stream = Tensor.Allocate(new Shape(slices[0].PixelRows, config.EmbedSize));
        var products = weights.Layers.Values.Where(layer => layer.Name.StartsWith("blocks.", StringComparison.Ordinal)).ToList();
        var whole = BenchmarkCase.Of(operations, $"Qwen2-VL ViT, 36x64 patches, {Layers} of 32 blocks, merger", format, compute => merger.Forward(compute, tower.Forward(compute, pixels, slices)));
        var alone = BenchmarkCase.Of(operations, "the products of these blocks", format, compute => products.ForEach(layer =>
        {
            using var frame = compute.Begin();
            layer.Forward(compute, layer.Weight.Shape.Last == config.EmbedSize ? stream : wide);
        }));
        return rounds.Time([whole, alone], 3);
    }
}
