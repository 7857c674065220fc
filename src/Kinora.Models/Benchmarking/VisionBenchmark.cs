using Kinora.Models.Vision;
using Kinora.Models.Weights;
using Kinora.Tensors;

namespace Kinora.Models.Benchmarking;

/// <summary>Frames through a CLIP ViT-L/14-336 tower with random weights in several formats; 23 of its 24 blocks run, as Tarsier and LLaVA have it.</summary>
public static class VisionBenchmark
{
    private const int Batch = 4;

    /// <summary>Times it.</summary>
    /// <param name="rounds">How to time.</param>
    /// <param name="operations">What to compute with.</param>
    public static IReadOnlyList<BenchmarkResult> Run(Rounds rounds, TensorOperations operations)
    {
        ArgumentNullException.ThrowIfNull(rounds);
        return [.. new[] { StorageFormat.BF16, StorageFormat.F16, StorageFormat.Q8_0x16 }.SelectMany(format => Run(rounds, operations, format))];
    }

    private static IReadOnlyList<BenchmarkResult> Run(Rounds rounds, TensorOperations operations, StorageFormat format)
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
}
