using Kinora.Toybox.World;

namespace Kinora.Toybox.Language;

/// <summary>Says what is different between two moments of a clip that are shown as two pictures.</summary>
public static class DifferenceWriter
{
    private const double LeastShift = 10;
    private const double LeastGrowth = 8;
    private const double MostUnseen = 4;

    /// <summary>What changed, toy after toy from left to right of the first picture.</summary>
    /// <param name="before">The toys at the first moment.</param>
    /// <param name="after">The same toys at the second; nothing may be half changed.</param>
    /// <param name="wording">How to choose among expressions.</param>
    public static string Describe(IReadOnlyList<ToyState> before, IReadOnlyList<ToyState> after, Wording wording)
    {
        ArgumentNullException.ThrowIfNull(wording);
        var facts = Facts(before, after);
        return facts.Count == 0 ? wording.Choose("Nothing has changed.", "Nothing is different.") : string.Join(' ', facts.Select(fact => Sentence(fact, wording)));
    }

    /// <summary>Whether every toy has either stayed or clearly moved, so that nobody could tell it otherwise.</summary>
    public static bool IsClear(IReadOnlyList<ToyState> before, IReadOnlyList<ToyState> after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        return !before.Zip(after).Any(pair => pair.First.IsVisible && pair.Second.IsVisible && (IsUnclear(pair.Second.X - pair.First.X) || IsUnclear(pair.Second.Altitude - pair.First.Altitude)));

        static bool IsUnclear(double shift) => Math.Abs(shift) is > MostUnseen and < LeastShift;
    }

    /// <summary>The changes as facts; how a toy came to its new place is not one of them.</summary>
    public static IReadOnlyList<EventFact> Facts(IReadOnlyList<ToyState> before, IReadOnlyList<ToyState> after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        var facts = new List<EventFact>();
        foreach (var toy in Enumerable.Range(0, before.Count).OrderBy(toy => before[toy].X))
        {
            var (a, b) = (before[toy], after[toy]);
            if (a.IsVisible != b.IsVisible)
            {
                facts.Add(new(a.IsVisible ? Verb.Disappear : Verb.Appear, a.IsVisible ? a.Name : b.Name));
            }
            else if (a.IsVisible)
            {
                facts.AddRange(Changes(a, b));
            }
        }

        return facts;
    }

    private static IEnumerable<EventFact> Changes(ToyState a, ToyState b)
    {
        var (across, up) = (b.X - a.X, b.Altitude - a.Altitude);
        if (Math.Abs(across) >= LeastShift)
        {
            yield return new(Verb.Move, a.Name, across < 0 ? Direction.Left : Direction.Right);
        }

        if (Math.Abs(up) >= LeastShift)
        {
            yield return new(Verb.Move, a.Name, up < 0 ? Direction.Down : Direction.Up);
        }

        if (Math.Abs(b.Side - a.Side) >= LeastGrowth)
        {
            yield return new(b.Side > a.Side ? Verb.Grow : Verb.Shrink, a.Name);
        }

        if (a.Colour != b.Colour)
        {
            yield return new(Verb.Recolour, a.Name, NewColour: b.Colour);
        }
    }

    private static string Sentence(EventFact fact, Wording wording)
    {
        var toy = fact.Verb == Verb.Appear ? Words.A(fact.Subject!.Value) : Words.The(fact.Subject!.Value);
        var done = fact.Verb switch
        {
            Verb.Move when fact.Direction is Direction.Left or Direction.Right => $"has moved to the {Words.Of(fact.Direction.Value)}",
            Verb.Move => $"has moved {Words.Of(fact.Direction!.Value)}",
            Verb.Grow => wording.Choose("has grown", "has become bigger"),
            Verb.Shrink => wording.Choose("has shrunk", "has become smaller"),
            Verb.Recolour => wording.Choose($"has turned {Words.Of(fact.NewColour!.Value)}", $"has become {Words.Of(fact.NewColour.Value)}"),
            Verb.Appear => "has appeared",
            _ => wording.Choose("has disappeared", "is gone"),
        };
        return $"{Words.Capital(toy)} {done}.";
    }
}
