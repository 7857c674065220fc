using Kinora.Models;

namespace Kinora.Training.Runs;

/// <summary>A run's directory can't be used, read or written.</summary>
/// <remarks>The message is one line that names the directory or file, what is wrong and what helps.</remarks>
public sealed class RunException : Exception
{
    /// <summary>Tells what is wrong.</summary>
    /// <param name="path">The directory or file; put in front of the message.</param>
    /// <param name="problem">What is wrong and what helps.</param>
    /// <param name="inner">What led to this, if anything.</param>
    public RunException(string path, string problem, Exception? inner = null)
        : base(Quotation.Line($"{path}: {problem}"), inner)
    {
    }
}
