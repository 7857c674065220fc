namespace Kinora.Media;

/// <summary>The file name endings that are looked for in folders and named in messages; what a file is, its content decides.</summary>
public static class MediaExtensions
{
    /// <summary>Endings of videos, lower case with the point.</summary>
    public static IReadOnlyList<string> Videos { get; } =
        [".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".wmv", ".asf", ".flv", ".ts", ".m2ts", ".mts", ".mpg", ".mpeg", ".vob", ".3gp", ".3g2", ".ogv"];

    /// <summary>Endings of animations.</summary>
    public static IReadOnlyList<string> Animations { get; } = [".gif"];

    /// <summary>Endings of still pictures.</summary>
    public static IReadOnlyList<string> Pictures { get; } = [".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff"];

    /// <summary>Whether a path ends like a still picture, whatever the case.</summary>
    public static bool IsPicture(string path) => Pictures.Contains(Path.GetExtension(path).ToLowerInvariant());

    /// <summary>Whether a path ends like anything that is read.</summary>
    public static bool IsKnown(string path)
    {
        var extension = Path.GetExtension(path).ToLowerInvariant();
        return Videos.Contains(extension) || Animations.Contains(extension) || Pictures.Contains(extension);
    }

    internal static string Listing => $"videos ({string.Join(' ', Videos)}), animations (.gif), pictures ({string.Join(' ', Pictures)})";
}
