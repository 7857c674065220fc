using Kinora.Models.Vision;
using Kinora.Models.Weights;
using Kinora.Tensors;

namespace Kinora.Models.Benchmarking;

/// <summary>One frame through a CLIP ViT-L/14-336 tower with random bfloat16 weights; 23 of its 24 blocks run, as Tarsier and LLaVA have it.</summary>
public static class VisionBenchmark
{
    /// <summary>Times it.</summary>
    /// <param name="rounds">How to time.</param>
    /// <param name="operations">What to compute with.</param>
    public static IReadOnlyList<BenchmarkResult> Run(Rounds rounds, TensorOperations operations)
    {
        ArgumentNullException.ThrowIfNull(rounds);
        var config = new ClipConfig();
        using var random = new RandomTensors(_ => StorageFormat.BF16);
        using var weights = new WeightLoader(random, WeightFormat.AsStored);
        var tower = new ClipTower(weights, config, "", config.Layers - 1);
        using var pixels = Tensor.Allocate(new Shape(1, config.Channels, config.ImageSize, config.ImageSize));
        var frame = BenchmarkCase.Of(operations, "ViT-L/14-336, one frame", StorageFormat.BF16, compute => tower.Forward(compute, pixels));
        return rounds.Time([frame with { Thing = "frame" }], 3);
    }
}
