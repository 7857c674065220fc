using Kinora.Toybox.Language;

namespace Kinora.Toybox.Judging;

/// <summary>How a text about one clip agrees with what happened: events are matched exactly, each at most once.</summary>
/// <param name="Reference">What happened.</param>
/// <param name="Predicted">What the text tells.</param>
/// <param name="Matched">The events of both.</param>
public sealed record ClipScore(IReadOnlyList<EventFact> Reference, IReadOnlyList<EventFact> Predicted, IReadOnlyList<EventFact> Matched)
{
    /// <summary>The share of what happened that is told, 0 to 1; 1 if nothing happened.</summary>
    public double Recall => Reference.Count == 0 ? 1 : (double)Matched.Count / Reference.Count;

    /// <summary>The share of what is told that happened, 0 to 1; 0 if nothing is told.</summary>
    public double Precision => Predicted.Count == 0 ? 0 : (double)Matched.Count / Predicted.Count;

    /// <summary>The harmonic mean of both.</summary>
    public double F1 => Harmonic(Recall, Precision);

    /// <summary>Judges a text.</summary>
    public static ClipScore Of(IEnumerable<EventFact> truth, string text)
    {
        ArgumentNullException.ThrowIfNull(truth);
        List<EventFact> reference = [.. truth], left = [.. reference], matched = [];
        var predicted = EventParser.Parse(text);
        foreach (var fact in predicted)
        {
            if (left.Remove(fact))
            {
                matched.Add(fact);
            }
        }

        return new(reference, predicted, matched);
    }

    /// <summary>The harmonic mean of two shares; 0 if either is 0.</summary>
    public static double Harmonic(double recall, double precision) => recall + precision == 0 ? 0 : 2 * recall * precision / (recall + precision);
}
