namespace Kinora.Models.Describing;

/// <summary>A description that can't be made of an input which itself is in order: too long for the memory, scores that are no numbers.</summary>
public sealed class DescribeException : Exception
{
    /// <summary>Makes the error.</summary>
    public DescribeException(string message)
        : base(message)
    {
    }
}
