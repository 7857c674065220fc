using System.Globalization;
using System.Text;

namespace Kinora.Models.Describing;

/// <summary>Writes timed texts as SubRip and WebVTT.</summary>
public static class SubtitleWriter
{
    /// <summary>SubRip (.srt).</summary>
    /// <param name="cues">Seconds and texts, in order.</param>
    public static string Srt(IEnumerable<(double Start, double End, string Text)> cues)
    {
        var result = new StringBuilder();
        var number = 0;
        foreach (var (start, end, text) in cues)
        {
            result.Append(++number).Append('\n').Append(Time(start, ',')).Append(" --> ").Append(Time(end, ',')).Append('\n').Append(Lines(text)).Append("\n\n");
        }

        return result.ToString();
    }

    /// <summary>WebVTT (.vtt): the characters that begin marks there are escaped.</summary>
    /// <inheritdoc cref="Srt"/>
    public static string Vtt(IEnumerable<(double Start, double End, string Text)> cues)
    {
        var result = new StringBuilder("WEBVTT\n\n");
        foreach (var (start, end, text) in cues)
        {
            var escaped = Lines(text).Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);
            result.Append(Time(start, '.')).Append(" --> ").Append(Time(end, '.')).Append('\n').Append(escaped).Append("\n\n");
        }

        return result.ToString();
    }

    /// <summary>An empty line ends a cue, so there must be none inside.</summary>
    private static string Lines(string text)
        => string.Join('\n', text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    private static string Time(double seconds, char point)
    {
        var milliseconds = (long)Math.Round(Math.Max(0, seconds) * 1000);
        return string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 3_600_000:00}:{milliseconds / 60_000 % 60:00}:{milliseconds / 1000 % 60:00}{point}{milliseconds % 1000:000}");
    }
}
