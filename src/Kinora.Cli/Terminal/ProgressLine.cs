using System.Diagnostics;
using System.Globalization;
using Kinora.Models.Describing;

namespace Kinora.Cli.Terminal;

/// <summary>One line on stderr that follows long work; only on a terminal.</summary>
internal static class ProgressLine
{
    private const long MillisecondsBetween = 80;

    private static readonly bool Live = !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") is not ("dumb" or null);
    private static readonly Lock Gate = new();
    private static long last = long.MinValue;
    private static bool shown;

    /// <summary>Shows the line, at most about twelve times a second.</summary>
    public static void Show(string text)
    {
        if (!Live)
        {
            return;
        }

        lock (Gate)
        {
            var now = Stopwatch.GetTimestamp() * 1000 / Stopwatch.Frequency;
            if (shown && now - last < MillisecondsBetween)
            {
                return;
            }

            (last, shown) = (now, true);
            Console.Error.Write($"\r\x1b[K{Cut(Messages.Clean(text))}");
        }
    }

    /// <summary>Removes the line.</summary>
    public static void Clear()
    {
        lock (Gate)
        {
            if (shown)
            {
                Console.Error.Write("\r\x1b[K");
                shown = false;
            }
        }
    }

    /// <summary>A phase of describing while the text itself is shown as it is written, which says enough of how far that is.</summary>
    public static void ShowBesideText(DescribeProgress progress)
    {
        if (progress.Phase != DescribePhase.Generate)
        {
            Show(progress);
        }
    }

    /// <summary>A phase of describing: how far, how fast, how long still.</summary>
    public static void Show(DescribeProgress progress)
    {
        var (name, of) = progress.Phase switch
        {
            DescribePhase.Decode => ("Decoding frames", "of"),
            DescribePhase.Encode => ("Encoding frames", "of"),
            DescribePhase.Read => ("Reading tokens", "of"),
            _ => ("Writing tokens", "of at most"),
        };
        var seconds = progress.Elapsed.TotalSeconds;
        var rate = seconds > 0 ? progress.Done / seconds : 0;
        var left = rate > 0 ? Math.Max(0, progress.Total - progress.Done) / rate : 0;
        Show(string.Create(CultureInfo.InvariantCulture, $"{name}: {progress.Done} {of} {progress.Total}, {(rate < 10 ? Math.Round(rate, 1) : Math.Round(rate))}/s, {left:0} s left"));
    }

    private static string Cut(string text)
    {
        var width = Math.Max(20, Console.WindowWidth - 1);
        return text.Length <= width ? text : text[..width];
    }
}
