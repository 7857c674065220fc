using Kinora.Models;

namespace Kinora.Training.Data;

/// <summary>A data file can't be used, or one record of it.</summary>
/// <remarks>The message is one line that names the file, the record, what was found, what was expected and what helps.</remarks>
public sealed class TrainingDataException : Exception
{
    /// <summary>Tells what is wrong with a file.</summary>
    /// <param name="path">The file; put in front of the message.</param>
    /// <param name="problem">What was found and what was expected.</param>
    /// <param name="inner">What led to this, if anything.</param>
    public TrainingDataException(string path, string problem, Exception? inner = null)
        : base(Quotation.Line($"{path}: {problem}"), inner)
    {
    }

    /// <summary>Tells what is wrong with a record.</summary>
    /// <param name="source">The record; put in front of the message.</param>
    /// <param name="problem">What was found and what was expected.</param>
    /// <param name="inner">What led to this, if anything.</param>
    public TrainingDataException(SampleSource source, string problem, Exception? inner = null)
        : base(Quotation.Line($"{source}: {problem}"), inner) => Record = source;

    /// <summary>The record, or null if the whole file can't be used.</summary>
    public SampleSource? Record { get; }
}
