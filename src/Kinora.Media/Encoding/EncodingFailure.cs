using System.Text;

namespace Kinora.Media;

/// <summary>Turns what ffmpeg wrote while it made a video into one clean phrase.</summary>
internal sealed class EncodingFailure(int maxBytes)
{
    private static readonly (string Sign, string Reason)[] Known =
    [
        ("Unknown encoder", "the installed ffmpeg can't write H.264 (it lacks libx264); install a full ffmpeg, or write frames instead of a video."),
        ("No space left", "the disk is full; make room or name another folder."),
        ("Cannot allocate memory", $"writing it needs more memory than allowed; make it smaller {MediaLimits.Place(nameof(MediaLimits.MaxMemory))}."),
        ("not divisible by 2", "its width and height must be even; give other sizes."),
    ];

    private readonly StringBuilder kept = new();

    /// <summary>Keeps a line as far as there is room.</summary>
    public void Add(ReadOnlySpan<byte> line)
    {
        if (kept.Length + line.Length < maxBytes)
        {
            kept.Append(Encoding.UTF8.GetString(line)).Append('\n');
        }
    }

    /// <summary>The phrase for an exit code.</summary>
    public string Describe(int exitCode)
    {
        var text = kept.ToString();
        return Known.FirstOrDefault(known => text.Contains(known.Sign, StringComparison.Ordinal)).Reason
            ?? $"ffmpeg gave up writing it (exit code {exitCode}); check that the disk has room and that ffmpeg works.";
    }
}
