namespace Kinora.Toybox.Clips;

/// <summary>A directory of clips can't be used. The message is one line that names it, what is wrong and what helps.</summary>
/// <param name="path">The directory.</param>
/// <param name="problem">What is wrong and what helps.</param>
/// <param name="inner">What lay behind it.</param>
public sealed class WorldException(string path, string problem, Exception? inner = null) : Exception($"{path}: {problem}", inner);
