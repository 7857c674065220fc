namespace Kinora.Media;

/// <summary>A child process sent more than it was allowed to.</summary>
internal sealed class ByteBudgetException : Exception;
