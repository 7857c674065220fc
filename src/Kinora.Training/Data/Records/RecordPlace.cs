namespace Kinora.Training.Data.Records;

/// <summary>Where a record lies in its file; 16 bytes, so that millions of them are kept.</summary>
/// <param name="Start">The first byte.</param>
/// <param name="Length">The number of bytes; more than a record may have is kept as the largest number.</param>
/// <param name="Line">The line on which it begins, from 1.</param>
internal readonly record struct RecordPlace(long Start, int Length, int Line)
{
    /// <summary>A place by its ends.</summary>
    public static RecordPlace Between(long start, long end, int line) => new(start, (int)Math.Min(end - start, int.MaxValue), line);
}
