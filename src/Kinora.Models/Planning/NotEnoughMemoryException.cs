namespace Kinora.Models.Planning;

/// <summary>A run that can't fit the memory there is; found before anything is loaded. One line says what takes how much, and what to change.</summary>
public sealed class NotEnoughMemoryException : Exception
{
    /// <summary>Makes the error.</summary>
    public NotEnoughMemoryException(string message)
        : base(message)
    {
    }
}
