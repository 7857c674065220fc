using System.Text;

namespace Kinora.Models.Generation;

/// <summary>
/// Watches streamed text for stop strings. Text that may be the beginning of one is held back until it is clear what it is; where
/// the pieces are cut makes no difference.
/// </summary>
public sealed class StopStringMatcher
{
    private readonly IReadOnlyList<string> stops;
    private readonly StringBuilder held = new();

    /// <summary>Takes the stop strings.</summary>
    /// <exception cref="GenerationException">One is empty.</exception>
    public StopStringMatcher(IReadOnlyList<string> stops)
    {
        ArgumentNullException.ThrowIfNull(stops);
        this.stops = new GenerationOptions { StopStrings = stops }.Validate().StopStrings;
    }

    /// <summary>Whether a stop string was found; nothing is given any more.</summary>
    public bool Stopped { get; private set; }

    /// <summary>Takes the next piece of text and gives what is certain not to belong to a stop string.</summary>
    public string Push(string text)
    {
        if (Stopped)
        {
            return "";
        }

        held.Append(text);
        var all = held.ToString();
        held.Clear();
        if (FirstStop(all) is { } start)
        {
            Stopped = true;
            return all[..start];
        }

        var kept = all.Length - LongestBeginning(all);
        held.Append(all, kept, all.Length - kept);
        return all[..kept];
    }

    /// <summary>Gives what was held back, as no more text comes.</summary>
    public string Finish()
    {
        var rest = held.ToString();
        held.Clear();
        return rest;
    }

    // The one that is complete first, as it would be if the text came letter by letter; of those the longest.
    private int? FirstStop(string text)
    {
        (int End, int Start)? first = null;
        foreach (var stop in stops)
        {
            var start = text.IndexOf(stop, StringComparison.Ordinal);
            if (start >= 0 && (first is not { } other || (start + stop.Length, start).CompareTo(other) < 0))
            {
                first = (start + stop.Length, start);
            }
        }

        return first?.Start;
    }

    private int LongestBeginning(string text)
    {
        var longest = 0;
        foreach (var stop in stops)
        {
            for (var length = Math.Min(stop.Length - 1, text.Length); length > longest; length--)
            {
                if (text.AsSpan().EndsWith(stop.AsSpan(0, length), StringComparison.Ordinal))
                {
                    longest = length;
                }
            }
        }

        return longest;
    }
}
