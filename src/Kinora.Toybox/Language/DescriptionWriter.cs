using System.Text;
using Kinora.Toybox.World;

namespace Kinora.Toybox.Language;

/// <summary>Says what happens in a clip, in several forms. Every form that tells all events gives them back through <see cref="Judging.EventParser"/>.</summary>
public static class DescriptionWriter
{
    /// <summary>Each shot's toys and place, then a sentence for every slot.</summary>
    public static string Description(ClipPlan plan, Wording wording)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(wording);
        var text = new List<string>();
        for (var shot = 0; shot < plan.Shots.Count; shot++)
        {
            var now = plan.Shots[shot];
            text.Add(shot == 0 ? Sentences.Inventory(now.Toys, now.Scene, wording) : Sentences.Cut(now, wording));
            text.AddRange(now.Slots.Select((_, slot) => Slot(now, slot, wording)));
        }

        return string.Join(' ', text);
    }

    /// <summary>The events alone, as sentences.</summary>
    public static string Events(ClipPlan plan, Wording wording)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(wording);
        return string.Join(' ', plan.Shots.SelectMany(shot => shot.Slots.Select((_, slot) => Slot(shot, slot, wording))));
    }

    /// <summary>All events in one sentence.</summary>
    public static string OneSentence(ClipPlan plan, Wording wording)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(wording);
        var text = new StringBuilder();
        foreach (var shot in plan.Shots)
        {
            text.Append(text.Length == 0 ? Words.Capital(Words.At(shot.Scene)) : $"; then, {Words.At(shot.Scene)}");
            for (var slot = 0; slot < shot.Slots.Count; slot++)
            {
                text.Append(slot == 0 ? ", " : wording.Choose(", then ", ", and then ", ", and after that ")).Append(Sentences.Clause(shot.Slots[slot], wording));
            }
        }

        return text.Append('.').ToString();
    }

    /// <summary>The first event and the place.</summary>
    public static string Caption(ClipPlan plan, Wording wording)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(wording);
        var shot = plan.Shots[0];
        var fact = ClipFacts.Of(ClipFacts.InTellingOrder(shot.Slots[0]).First(), shot.Slots[0]);
        return $"{Words.Capital(Sentences.Clause(fact, wording))} {Words.At(shot.Scene)}.";
    }

    /// <summary>One line for every event.</summary>
    public static string List(ClipPlan plan, Wording wording)
    {
        ArgumentNullException.ThrowIfNull(wording);
        return string.Join('\n', ClipFacts.Of(plan).Select((fact, n) => $"{n + 1}. {Words.Capital(Sentences.Clause(fact.Fact, wording))}."));
    }

    /// <summary>One line for every event, with the pictures of a selection in which it is seen, counted from 1.</summary>
    /// <param name="plan">The clip.</param>
    /// <param name="frames">The frames that were selected, ascending.</param>
    /// <param name="wording">How to choose among expressions.</param>
    public static string TimedList(ClipPlan plan, IReadOnlyList<int> frames, Wording wording)
    {
        ArgumentNullException.ThrowIfNull(wording);
        return string.Join('\n', ClipFacts.Of(plan).Select(fact => $"{Span(fact, frames)}: {Words.Capital(Sentences.Clause(fact.Fact, wording))}."));
    }

    /// <summary>What a single frame shows.</summary>
    /// <param name="toys">The toys at that frame; nothing may be half changed.</param>
    /// <param name="scene">Where.</param>
    /// <param name="wording">How to choose among expressions.</param>
    public static string Still(IReadOnlyList<ToyState> toys, Scene scene, Wording wording) => Sentences.Inventory(toys, scene, wording, image: true);

    /// <summary>The selected frames within an event; if it falls between two, the one after it, where its result is seen.</summary>
    private static string Span(TimedFact fact, IReadOnlyList<int> frames)
    {
        var inside = Enumerable.Range(0, frames.Count).Where(i => frames[i] >= fact.Start && frames[i] < fact.End).ToList();
        var after = Enumerable.Range(0, frames.Count).Where(i => frames[i] >= fact.End).DefaultIfEmpty(frames.Count - 1).First();
        var (first, last) = inside.Count == 0 ? (after, after) : (inside[0], inside[^1]);
        return first == last ? $"Frame {first + 1}" : $"Frames {first + 1}-{last + 1}";
    }

    private static string Slot(Shot shot, int index, Wording wording)
    {
        var slot = shot.Slots[index];
        var link = index == 0 ? "" : wording.Choose("then ", "after that, ", "next, ");
        return $"{Words.Capital(link + Sentences.Clause(slot, wording, IsSameToy(shot, index) ? "it" : null))}.";
    }

    /// <summary>Whether the one toy of the slot before does this too, and is still there for all to see.</summary>
    private static bool IsSameToy(Shot shot, int index)
        => index > 0 && shot.Slots[index].Events is [{ Subject: >= 0 } now] && shot.Slots[index - 1].Events is [var before]
            && now.Subject == before.Subject && before.Verb is not (Verb.Hide or Verb.Disappear);
}
