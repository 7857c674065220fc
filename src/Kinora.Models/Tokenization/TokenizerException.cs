namespace Kinora.Models.Tokenization;

/// <summary>A tokenizer file is missing, damaged, hostile or of a kind that isn't supported.</summary>
/// <remarks>The message is one line that names the file, what was found, what was expected and what helps.</remarks>
public sealed class TokenizerException : Exception
{
    /// <summary>Tells what is wrong with a file.</summary>
    /// <param name="path">The file or directory; put in front of the message.</param>
    /// <param name="message">What was found and what was expected.</param>
    /// <param name="inner">What led to this, if anything.</param>
    public TokenizerException(string path, string message, Exception? inner = null)
        : base(Quotation.Line($"{path}: {message}"), inner) => Path = path;

    /// <summary>The file or directory.</summary>
    public string Path { get; }
}
