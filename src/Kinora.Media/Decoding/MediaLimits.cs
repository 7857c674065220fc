namespace Kinora.Media;

/// <summary>What reading one file may cost. Files come from strangers: every number here stops one kind of bomb.</summary>
public sealed record MediaLimits
{
    /// <summary>The default limits.</summary>
    public static MediaLimits Default { get; } = new();

    /// <summary>Pixels of one frame, 2^26 by default (an 8K frame has half of that).</summary>
    public long MaxPixels { get; init; } = 1 << 26;

    /// <summary>Frames of one video that are listed or decoded, 2,000,000 by default (nine hours at 60 a second).</summary>
    public int MaxFramesDecoded { get; init; } = 2_000_000;

    /// <summary>Frames that a clip may keep, 4096 by default.</summary>
    public int MaxFramesKept { get; init; } = 4096;

    /// <summary>Longest video, 24 hours by default.</summary>
    public TimeSpan MaxDuration { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Bytes of pictures read from the decoder for one file, 2 GiB by default.</summary>
    public long MaxDecodedBytes { get; init; } = 1L << 31;

    /// <summary>Bytes of text (frame lists, messages) read from a child process, 1 GiB by default; they are looked at and dropped.</summary>
    public long MaxLogBytes { get; init; } = 1L << 30;

    /// <summary>Bytes of error messages that are kept to find the reason of a failure, 64 KiB by default.</summary>
    public int MaxErrorBytes { get; init; } = 1 << 16;

    /// <summary>Time on the clock for one child process, 10 minutes by default.</summary>
    public TimeSpan WallClock { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Processor time for one child process, 20 minutes by default (all its threads together).</summary>
    public TimeSpan ProcessorTime { get; init; } = TimeSpan.FromMinutes(20);

    /// <summary>Address space of one child process in bytes, 4 GiB by default.</summary>
    public long MaxMemory { get; init; } = 1L << 32;

    /// <summary>Decoder threads of one child process, at most 8 by default.</summary>
    public int Threads { get; init; } = Math.Min(Environment.ProcessorCount, 8);

    /// <summary>Checks that every limit is usable.</summary>
    /// <returns>This object.</returns>
    /// <exception cref="ArgumentException">A limit is zero or negative; the message names it.</exception>
    public MediaLimits Validated()
    {
        Check(MaxPixels is > 0 and <= int.MaxValue / 4, nameof(MaxPixels), MaxPixels, "1 to 536870911");
        Check(MaxFramesDecoded > 0, nameof(MaxFramesDecoded), MaxFramesDecoded, "at least 1");
        Check(MaxFramesKept > 0, nameof(MaxFramesKept), MaxFramesKept, "at least 1");
        Check(MaxDuration > TimeSpan.Zero, nameof(MaxDuration), MaxDuration, "more than 0");
        Check(MaxDecodedBytes > 0, nameof(MaxDecodedBytes), MaxDecodedBytes, "at least 1");
        Check(MaxLogBytes > 0, nameof(MaxLogBytes), MaxLogBytes, "at least 1");
        Check(MaxErrorBytes > 0, nameof(MaxErrorBytes), MaxErrorBytes, "at least 1");
        Check(WallClock > TimeSpan.Zero && WallClock.TotalMilliseconds < int.MaxValue, nameof(WallClock), WallClock, "more than 0 and less than 24 days");
        Check(ProcessorTime >= TimeSpan.FromSeconds(1), nameof(ProcessorTime), ProcessorTime, "at least a second");
        Check(MaxMemory >= 1 << 26, nameof(MaxMemory), MaxMemory, "at least 64 MiB");
        Check(Threads is > 0 and <= 64, nameof(Threads), Threads, "1 to 64");
        return this;
    }

    /// <summary>Where a limit is set, for messages: the command has no options for limits, programs do.</summary>
    internal static string Place(string limit) => $"(the limit is fixed in the kinora command, and {nameof(MediaLimits)}.{limit} in the library)";

    private static void Check(bool holds, string name, object value, string expected)
    {
        if (!holds)
        {
            throw new ArgumentException($"The media limit {name} is {value}, expected {expected}.");
        }
    }
}
