using Kinora.Toybox.World;

namespace Kinora.Toybox.Judging;

/// <summary>A verb as it may stand behind a subject: words, with <c>{o}</c> for a toy, <c>{c}</c> for a colour and <c>{d}</c> for left or right with or without "to the".</summary>
internal sealed record PhrasePattern(string[] Words, Verb Verb, Direction? Direction, bool OfCamera)
{
    private static readonly string[] goes = ["rolls", "slides", "drives", "sails", "walks", "flies", "floats", "moves", "goes", "runs", "rolled", "slid", "driven", "sailed", "walked", "flown", "floated", "moved", "gone"];

    /// <summary>All patterns, the longer before the shorter, so that "jumps over" isn't read as "jumps".</summary>
    public static IReadOnlyList<PhrasePattern> All { get; } = [.. Make().OrderByDescending(pattern => pattern.Words.Length)];

    private static IEnumerable<PhrasePattern> Make()
    {
        foreach (var go in goes)
        {
            yield return Of($"{go} {{d}}", Verb.Move);
            yield return Of($"{go} up", Verb.Move, World.Direction.Up);
            yield return Of($"{go} down", Verb.Move, World.Direction.Down);
            yield return Of($"{go} behind {{o}}", Verb.Hide);
            yield return Of($"{go} into {{o}}", Verb.Bump);
            yield return Of($"{go} after {{o}} {{d}}", Verb.Chase);
        }

        (string Phrases, Verb Verb, Direction? Way)[] table =
        [
            ("rises|risen", Verb.Move, World.Direction.Up),
            ("sinks|sunk", Verb.Move, World.Direction.Down),
            ("jumps|jumps up|jumps up and down|hops|hops up|leaps", Verb.Jump, null),
            ("spins|spins around|turns around|rotates", Verb.Spin, null),
            ("grows|grows bigger|gets bigger|becomes bigger|grown|become bigger|gotten bigger", Verb.Grow, null),
            ("shrinks|grows smaller|gets smaller|becomes smaller|shrunk|become smaller|gotten smaller", Verb.Shrink, null),
            ("turns {c}|becomes {c}|changes colour to {c}|turned {c}|become {c}|changed colour to {c}", Verb.Recolour, null),
            ("appears|shows up|appeared", Verb.Appear, null),
            ("disappears|vanishes|disappeared|vanished|gone", Verb.Disappear, null),
            ("bumps into {o}|crashes into {o}|hits {o}|bumps {o}", Verb.Bump, null),
            ("jumps over {o}|leaps over {o}|hops over {o}", Verb.JumpOver, null),
            ("hides behind {o}|jumps behind {o}|hides", Verb.Hide, null),
            ("chases {o} {d}|follows {o} {d}|chases {o}|follows {o}", Verb.Chase, null),
        ];
        foreach (var (phrases, verb, way) in table)
        {
            foreach (var phrase in phrases.Split('|'))
            {
                yield return Of(phrase, verb, way);
            }
        }

        foreach (var phrase in new[] { "pans {d}", "moves {d}", "turns {d}" })
        {
            yield return Of(phrase, Verb.Pan) with { OfCamera = true };
        }

        yield return Of("zooms in", Verb.Zoom, World.Direction.In) with { OfCamera = true };
        yield return Of("zooms out", Verb.Zoom, World.Direction.Out) with { OfCamera = true };
    }

    private static PhrasePattern Of(string phrase, Verb verb, Direction? direction = null) => new(phrase.Split(' '), verb, direction, false);
}
