namespace Kinora.Media;

/// <summary>The <c>ffmpeg</c> or <c>ffprobe</c> program isn't there.</summary>
public sealed class ToolMissingException : MediaException
{
    /// <summary>Makes the exception for a program.</summary>
    /// <param name="tool">The name or path that was looked for.</param>
    /// <param name="inner">What lay behind it.</param>
    public ToolMissingException(string tool, Exception? inner = null)
        : base(tool, "this program was not found and is needed to read videos; install ffmpeg (Debian/Ubuntu: apt-get install ffmpeg) or put it on the PATH.", inner)
    {
    }
}
