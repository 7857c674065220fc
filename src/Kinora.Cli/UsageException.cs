namespace Kinora.Cli;

/// <summary>Options that don't go together; the message says what to write instead.</summary>
internal sealed class UsageException(string message) : Exception(message);
