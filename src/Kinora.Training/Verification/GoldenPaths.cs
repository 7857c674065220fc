using Kinora.Models;
using Kinora.Models.Verification;

namespace Kinora.Training.Verification;

/// <summary>Files that a manifest names.</summary>
internal static class GoldenPaths
{
    /// <summary>A file of a golden directory. A manifest from the net must not open files elsewhere.</summary>
    /// <exception cref="VerificationException">A path that leads out of the directory.</exception>
    public static string Inside(string directory, string file)
    {
        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory)) + Path.DirectorySeparatorChar;
        var path = Path.GetFullPath(Path.Combine(directory, file));
        return path.StartsWith(root, StringComparison.Ordinal)
            ? path
            : throw new VerificationException($"{Quotation.Of(file)} leads out of the golden directory; its files must lie within.");
    }
}
