namespace Kinora.Models.Verification;

/// <summary>A golden directory that can't be read or run; the message names file, value and what was expected.</summary>
public sealed class VerificationException : Exception
{
    /// <summary>Makes the error.</summary>
    public VerificationException(string message, Exception? inner = null)
        : base(Quotation.Line(message), inner)
    {
    }
}
