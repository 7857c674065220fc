using Kinora.Toybox.World;

namespace Kinora.Toybox.Language;

/// <summary>What follows the subject of an event's sentence.</summary>
internal static class VerbPhrases
{
    /// <summary>The third person, as in <c>rolls to the right</c>.</summary>
    public static string Third(EventFact fact, Wording wording)
    {
        var way = fact.Direction is { } direction ? Words.Of(direction) : "";
        var toy = fact.Object is { } other ? Words.The(other) : "";
        var colour = fact.NewColour is { } next ? Words.Of(next) : "";
        var go = fact.Subject is { } subject ? Words.Third(Words.Go(subject.Kind)) : "";
        return fact.Verb switch
        {
            Verb.Move when fact.Direction is Direction.Up => wording.Choose($"{go} up", "moves up", "rises"),
            Verb.Move when fact.Direction is Direction.Down => wording.Choose($"{go} down", "moves down", "sinks"),
            Verb.Move => wording.Choose($"{go} to the {way}", $"moves to the {way}", $"moves {way}", $"{go} {way}"),
            Verb.Jump => wording.Choose("jumps", "jumps up", "hops"),
            Verb.Spin => wording.Choose("spins around", "spins", "turns around"),
            Verb.Grow => wording.Choose("grows", "gets bigger", "becomes bigger"),
            Verb.Shrink => wording.Choose("shrinks", "gets smaller", "becomes smaller"),
            Verb.Recolour => wording.Choose($"turns {colour}", $"becomes {colour}", $"changes colour to {colour}"),
            Verb.Appear => wording.Choose("appears", "shows up"),
            Verb.Disappear => wording.Choose("disappears", "vanishes"),
            Verb.Bump => wording.Choose($"bumps into {toy}", $"crashes into {toy}", $"hits {toy}"),
            Verb.JumpOver => wording.Choose($"jumps over {toy}", $"leaps over {toy}", $"hops over {toy}"),
            Verb.Hide => wording.Choose($"hides behind {toy}", $"goes behind {toy}"),
            Verb.Chase => wording.Choose($"chases {toy} to the {way}", $"follows {toy} to the {way}"),
            Verb.Pan => wording.Choose($"pans to the {way}", $"pans {way}", $"moves to the {way}"),
            _ => $"zooms {way}",
        };
    }

    /// <summary>The infinitive, for questions: <c>roll to the right</c>. A chase is named without its direction.</summary>
    public static string Infinitive(EventFact fact)
    {
        var way = fact.Direction is { } direction ? Words.Of(direction) : "";
        var toy = fact.Object is { } other ? Words.The(other) : "";
        return fact.Verb switch
        {
            Verb.Move when fact.Direction is Direction.Up or Direction.Down => $"{Words.Go(fact.Subject!.Value.Kind)} {way}",
            Verb.Move => $"{Words.Go(fact.Subject!.Value.Kind)} to the {way}",
            Verb.Jump => "jump",
            Verb.Spin => "spin around",
            Verb.Grow => "grow",
            Verb.Shrink => "shrink",
            Verb.Recolour => $"turn {Words.Of(fact.NewColour!.Value)}",
            Verb.Appear => "appear",
            Verb.Disappear => "disappear",
            Verb.Bump => $"bump into {toy}",
            Verb.JumpOver => $"jump over {toy}",
            Verb.Hide => $"hide behind {toy}",
            Verb.Chase => $"chase {toy}",
            Verb.Pan => $"pan to the {way}",
            _ => $"zoom {way}",
        };
    }
}
