using Kinora.Models;

namespace Kinora.Training.Trainers;

/// <summary>A run that can't go on; the message says at which step, why, and what to do.</summary>
public sealed class TrainingException : Exception
{
    /// <summary>Makes the error.</summary>
    public TrainingException(string message, Exception? inner = null)
        : base(Quotation.Line(message), inner)
    {
    }
}
