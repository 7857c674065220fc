using System.Text;

namespace Kinora.Media;

/// <summary>
/// Turns what ffmpeg wrote into one clean phrase. Its own lines are never shown: they hold text from the file, which may carry
/// terminal escapes or lies.
/// </summary>
internal sealed class FailureReason(int maxBytes)
{
    private const int SignalBase = 128;
    private const int ProcessorTimeSignal = 24;
    private const int KillSignal = 9;

    private static readonly (string Sign, string Reason)[] Known =
    [
        ("moov atom not found", "its index is missing, the file is cut short or was never finished; copy it again"),
        ("Cannot allocate memory", $"decoding it needs more memory than allowed; reduce it {MediaLimits.Place(nameof(MediaLimits.MaxMemory))}"),
        ("exceeds specified max pixel count", $"its pictures have more pixels than allowed; reduce it {MediaLimits.Place(nameof(MediaLimits.MaxPixels))}"),
        ("Picture size ", $"its pictures have no size, or more pixels than allowed; reduce it {MediaLimits.Place(nameof(MediaLimits.MaxPixels))}"),
        ("Option not found", "the installed ffmpeg lacks an option that is needed; install ffmpeg 5.1 or newer"),
        ("No such filter", "the installed ffmpeg lacks a filter that is needed; install a full ffmpeg, 5.1 or newer"),
        ("not on whitelist", "it is stored in a codec that is not allowed here; convert it to H.264"),
        ("Decoder (codec", "the installed ffmpeg lacks the decoder for it; install a full ffmpeg or convert it to H.264"),
        ("Invalid data found", "its content is damaged or not what it claims to be; copy it again"),
        ("End of file", "the file is cut short; copy it again"),
        ("Permission denied", "it may not be read; change its permissions"),
    ];

    private readonly StringBuilder kept = new();

    /// <summary>Lines that reported an error.</summary>
    public int Errors { get; private set; }

    /// <summary>Keeps a line as far as there is room.</summary>
    public void Add(ReadOnlySpan<byte> line)
    {
        // A missing decoder of a sound track is no damage of the pictures.
        if (line.IndexOf("whitelist"u8) < 0)
        {
            Errors++;
        }

        if (kept.Length + line.Length < maxBytes)
        {
            kept.Append(Encoding.UTF8.GetString(line)).Append('\n');
        }
    }

    /// <summary>Whether a limit ended the program, so that what it delivered is no honest part of the file.</summary>
    public bool IsLimit(int exitCode)
        => exitCode > SignalBase || (exitCode != 0 && kept.ToString().Contains("Cannot allocate memory", StringComparison.Ordinal));

    /// <summary>The phrase for a reason that is known; null if nothing was written that says one.</summary>
    public string? Told()
    {
        var text = kept.ToString();
        return Known.FirstOrDefault(k => text.Contains(k.Sign, StringComparison.Ordinal)).Reason;
    }

    /// <summary>The phrase for an exit code.</summary>
    public string Describe(int exitCode)
        => exitCode switch
        {
            SignalBase + ProcessorTimeSignal or SignalBase + KillSignal => $"decoding it took more processor time or memory than allowed; cut it {MediaLimits.Place(nameof(MediaLimits.ProcessorTime))}",
            126 or 127 => $"the ffmpeg program could not be started (exit code {exitCode}); check its installation, and that it needs less memory than allowed {MediaLimits.Place(nameof(MediaLimits.MaxMemory))}",
            _ => Told() ?? $"the decoder gave up on it (exit code {exitCode}); copy the file again or convert it to H.264",
        };
}
