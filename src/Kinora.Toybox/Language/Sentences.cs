using Kinora.Toybox.World;

namespace Kinora.Toybox.Language;

/// <summary>Sentences about toys and events.</summary>
internal static class Sentences
{
    /// <summary>Subject and verb without a full stop: <c>the red ball rolls to the right</c>.</summary>
    public static string Clause(EventFact fact, Wording wording, string? pronoun = null)
        => $"{pronoun ?? Subject(fact)} {VerbPhrases.Third(fact, wording)}";

    /// <summary>All events of a slot in one clause.</summary>
    public static string Clause(Slot slot, Wording wording, string? pronoun = null)
    {
        var facts = ClipFacts.InTellingOrder(slot).Select(happening => ClipFacts.Of(happening, slot)).ToList();
        if (facts.Count == 1)
        {
            return Clause(facts[0], wording, pronoun);
        }

        var (x, y) = (Clause(facts[0], wording), Clause(facts[1], wording));
        return wording.Choose($"{x} while {y}", $"{x}, and at the same time {y}", $"while {x}, {y}", $"{x} as {y}");
    }

    /// <summary>The toys that are seen, from left to right, with their sizes.</summary>
    public static string Inventory(IEnumerable<ToyState> toys, Scene scene, Wording wording, bool image = false)
    {
        var seen = Seen(toys);
        if (seen.Count == 0)
        {
            return image ? $"There is nothing {Words.At(scene)}." : $"There is nothing {Words.At(scene)} at first.";
        }

        var (list, at) = (Words.List(seen), Words.At(scene));
        return Words.Capital(wording.Choose(
            $"{list} {(seen.Count == 1 ? "is" : "are")} {at}.",
            $"there {(seen.Count == 1 ? "is" : "are")} {list} {at}.",
            $"the {(image ? "picture" : "video")} shows {list} {at}."));
    }

    /// <summary>The first sentence of a second shot.</summary>
    public static string Cut(Shot shot, Wording wording)
    {
        var seen = Seen(shot.Toys);
        var place = seen.Count == 0 ? Words.Place(shot.Scene) : $"{Words.Place(shot.Scene)} with {Words.List(seen)}";
        return wording.Choose($"The scene changes to {place}.", $"Cut to {place}.", $"The next shot shows {place}.");
    }

    private static List<string> Seen(IEnumerable<ToyState> toys) => [.. toys.Where(toy => toy.IsVisible).OrderBy(toy => toy.X).Select(Words.A)];

    private static string Subject(EventFact fact)
        => fact.Subject is not { } toy ? "the camera" : fact.Verb == Verb.Appear ? Words.A(toy) : Words.The(toy);
}
