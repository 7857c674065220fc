namespace Kinora.Training.Data;

/// <summary>Where a sample came from, for messages and logs.</summary>
/// <param name="File">The data file as it was named.</param>
/// <param name="Record">The record's number in it, from 0.</param>
/// <param name="Line">The line of the file on which the record begins, from 1.</param>
public readonly record struct SampleSource(string File, int Record, int Line)
{
    /// <summary><c>record 3 (line 5)</c>, counted from 1 as people do.</summary>
    internal string Place => $"record {Record + 1L} (line {Line})";

    /// <summary>File, record and line, counted from 1.</summary>
    public override string ToString() => $"{File}: {Place}";
}
