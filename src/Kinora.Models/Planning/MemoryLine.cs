namespace Kinora.Models.Planning;

/// <summary>One line of a memory plan.</summary>
/// <param name="What">What takes the memory.</param>
/// <param name="Bytes">Memory of the process's own, which the system can't take back.</param>
/// <param name="MappedBytes">Pages of the checkpoint's files, which the system may drop and read again.</param>
public readonly record struct MemoryLine(string What, long Bytes, long MappedBytes = 0);
