using Kinora.Models;

namespace Kinora.Training.Data;

/// <summary>A sound record that can't be learned from with this model and these settings: too long, nothing asked, a tokenizer of another model.</summary>
public sealed class SampleException : Exception
{
    /// <summary>Tells what is wrong.</summary>
    /// <param name="source">The record; put in front of the message.</param>
    /// <param name="problem">What was found, what was expected and what helps.</param>
    public SampleException(SampleSource source, string problem)
        : base(Quotation.Line($"{source}: {problem}"))
    {
    }
}
