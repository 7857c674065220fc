namespace Kinora.Training.Data;

/// <summary>A record of one of several data files.</summary>
/// <param name="File">The file's number.</param>
/// <param name="Index">The record's number in it.</param>
public readonly record struct MixPlace(int File, int Index);
