using Kinora.Models;

namespace Kinora.Training.Recipes;

/// <summary>A recipe can't be used.</summary>
/// <remarks>The message is one line that names the file or the setting, the key, what was found, what was expected and what helps.</remarks>
public sealed class RecipeException : Exception
{
    /// <summary>Tells what is wrong.</summary>
    /// <param name="message">One line; control characters in it are replaced.</param>
    /// <param name="inner">What led to this, if anything.</param>
    public RecipeException(string message, Exception? inner = null)
        : base(Quotation.Line(message), inner)
    {
    }
}
