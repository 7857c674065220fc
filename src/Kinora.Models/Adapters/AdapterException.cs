namespace Kinora.Models.Adapters;

/// <summary>An adapter that can't be read or doesn't fit the model; the message names the file, what is wrong and what was expected.</summary>
public sealed class AdapterException : Exception
{
    /// <summary>Makes the error.</summary>
    public AdapterException(string path, string message, Exception? inner = null)
        : base(Quotation.Line($"{path} {message}"), inner)
    {
    }
}
