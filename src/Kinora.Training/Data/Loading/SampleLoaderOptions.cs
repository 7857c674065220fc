namespace Kinora.Training.Data.Loading;

/// <summary>How samples are prepared.</summary>
public sealed record SampleLoaderOptions
{
    /// <summary>Frames of a video or a sequence of pictures; null: as many as the model was made for.</summary>
    public int? Frames { get; init; }

    /// <summary>Samples that are prepared before they are asked for, 16 by default.</summary>
    public int Ahead { get; init; } = 16;

    /// <summary>Bytes of pixels that they may take together, 512 MiB by default; one sample may always be prepared.</summary>
    public long AheadBytes { get; init; } = 512L << 20;

    /// <summary>Samples that are decoded at the same time, 2 by default.</summary>
    public int Workers { get; init; } = 2;

    /// <summary>Bytes of pixels that are kept for the next epoch, 1 GiB by default.</summary>
    public long CacheBytes { get; init; } = 1L << 30;

    /// <summary>Checks that every number is usable.</summary>
    /// <exception cref="ArgumentException">One is not; the message names it.</exception>
    internal SampleLoaderOptions Validated()
        => Frames < 1 ? throw Wrong(nameof(Frames), Frames.Value, 1)
            : Ahead < 1 ? throw Wrong(nameof(Ahead), Ahead, 1)
            : AheadBytes < 0 ? throw Wrong(nameof(AheadBytes), AheadBytes, 0)
            : Workers < 1 ? throw Wrong(nameof(Workers), Workers, 1)
            : CacheBytes < 0 ? throw Wrong(nameof(CacheBytes), CacheBytes, 0)
            : this;

    private static ArgumentException Wrong(string name, long value, long least) => new($"The option {name} is {value}, expected at least {least}.");
}
