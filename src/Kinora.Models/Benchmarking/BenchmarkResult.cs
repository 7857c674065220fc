using Kinora.Tensors;

namespace Kinora.Models.Benchmarking;

/// <summary>Medians of a case's rounds.</summary>
public sealed record BenchmarkResult
{
    /// <summary>What was timed, with its shape.</summary>
    public required string Name { get; init; }

    /// <summary>How its weights, keys and values are kept.</summary>
    public required StorageFormat Format { get; init; }

    /// <summary>Seconds of one run.</summary>
    public required double Seconds { get; init; }

    /// <summary>Floating-point operations of products per second.</summary>
    public required double FlopsPerSecond { get; init; }

    /// <summary>Bytes per second that must pass from memory at least.</summary>
    public required double BytesPerSecond { get; init; }

    /// <summary>Share of the multiply-add rate measured around each round, 0 to 1.</summary>
    public required double ShareOfMultiplyAdd { get; init; }

    /// <summary>Share of the read rate measured around each round; above 1 where weights stay in a cache.</summary>
    public required double ShareOfRead { get; init; }

    /// <summary>Things per second, 0 if there is nothing to count.</summary>
    public required double ThingsPerSecond { get; init; }

    /// <summary>What is counted.</summary>
    public required string Thing { get; init; }

    /// <summary>Rounds that the medians are of.</summary>
    public required int Rounds { get; init; }
}
