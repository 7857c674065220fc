namespace Kinora.Models.Generation;

/// <summary>An option of text generation has a value that can't be used, or a model gave no numbers.</summary>
public sealed class GenerationException : Exception
{
    /// <summary>Tells what is wrong.</summary>
    /// <param name="option">The option, or what else the message is about.</param>
    /// <param name="message">What was found and what was expected.</param>
    public GenerationException(string option, string message)
        : base(message) => Option = option;

    /// <summary>The name of the option.</summary>
    public string Option { get; }
}
