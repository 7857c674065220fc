using Kinora.Toybox.Language;
using Kinora.Toybox.World;

namespace Kinora.Toybox.Judging;

/// <summary>
/// Reads the events out of a text about the world: wherever a toy, "it", the camera, or a link ("and", "then", a comma) behind such a sentence is followed by a verb of the world.
/// What it doesn't know it passes over, so it judges any text; sizes, places and times are no events.
/// </summary>
public static class EventParser
{
    private static readonly Dictionary<string, ToyKind> kinds = Enum.GetValues<ToyKind>().ToDictionary(Words.Of);
    private static readonly Dictionary<string, ToyColour> colours = Enum.GetValues<ToyColour>().ToDictionary(Words.Of);
    private static readonly HashSet<string> sizes = ["small", "big", "little", "large", "tiny"];
    private static readonly HashSet<string> articles = ["the", "a", "an", "another"];
    private static readonly HashSet<string> links = ["and", ",", "then", ";"];
    private static readonly HashSet<string> prepositions = ["to", "toward", "towards", "past", "near", "beside", "with", "behind", "under", "above", "below", "over", "from", "of", "by", "around", "into", "onto", "at"];
    private static readonly HashSet<string> fillers = ["then", "also", "now", "slowly", "suddenly", "quickly", "again", "has", "have", "is", "are", "next"];
    private static readonly Dictionary<string, IReadOnlyList<PhrasePattern>> patterns = PhrasePattern.All
        .GroupBy(pattern => pattern.Words[0]).ToDictionary(group => group.Key, group => (IReadOnlyList<PhrasePattern>)[.. group]);

    /// <summary>The events that a text tells, in its order.</summary>
    public static IReadOnlyList<EventFact> Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var words = Split(text);
        var facts = new List<EventFact>();
        var (someone, camera, ready) = (default(ToyName?), false, false);
        for (var i = 0; i < words.Count;)
        {
            if (Toy(words, i, out var toy) is > 0 and var length)
            {
                // A toy behind a preposition is mentioned only; what follows is still said of the other.
                var isSubject = i == 0 || !prepositions.Contains(words[i - 1]);
                (someone, camera, ready, i) = isSubject ? (toy, false, true, i + length) : (someone, camera, false, i + length);
            }
            else if (words[i] is "camera" or "view")
            {
                (someone, camera, ready, i) = (null, true, true, i + 1);
            }
            else if (words[i] == "it" || links.Contains(words[i]))
            {
                (ready, i) = (someone is not null || camera, i + 1);
            }
            else if (ready && Event(words, i, someone, camera, out var fact) is > 0 and var verb)
            {
                facts.Add(fact);
                (someone, ready, i) = (fact.NewColour is { } colour ? someone!.Value with { Colour = colour } : someone, false, i + verb);
            }
            else
            {
                ready = ready && fillers.Contains(words[i]);
                i++;
            }
        }

        return facts;
    }

    /// <summary>Words in lower case, and marks as words of their own.</summary>
    private static List<string> Split(string text)
    {
        var words = new List<string>();
        for (var i = 0; i < text.Length;)
        {
            var start = i;
            while (i < text.Length && (char.IsLetterOrDigit(text[i]) || text[i] == '\''))
            {
                i++;
            }

            if (i > start)
            {
                words.Add(text[start..i].ToLowerInvariant() switch { "color" => "colour", var word => word });
            }
            else
            {
                if (!char.IsWhiteSpace(text[i]) || text[i] == '\n')
                {
                    words.Add(text[i] == '\n' ? "." : text[i].ToString());
                }

                i++;
            }
        }

        return words;
    }

    /// <returns>The words that a toy's name takes, or 0.</returns>
    private static int Toy(List<string> words, int first, out ToyName toy)
    {
        var i = first;
        i += i < words.Count && articles.Contains(words[i]) ? 1 : 0;
        i += i < words.Count && sizes.Contains(words[i]) ? 1 : 0;
        toy = default;
        if (i + 1 >= words.Count || !colours.TryGetValue(words[i], out var colour) || !kinds.TryGetValue(words[i + 1], out var kind))
        {
            return 0;
        }

        toy = new(kind, colour);
        return i + 2 - first;
    }

    private static int Event(List<string> words, int first, ToyName? someone, bool camera, out EventFact fact)
    {
        fact = default;
        foreach (var pattern in patterns.GetValueOrDefault(words[first]) ?? [])
        {
            if (pattern.OfCamera == camera && Match(pattern, words, first, someone, out fact) is > 0 and var length)
            {
                return length;
            }
        }

        return 0;
    }

    private static int Match(PhrasePattern pattern, List<string> words, int first, ToyName? someone, out EventFact fact)
    {
        fact = new(pattern.Verb, someone, pattern.Direction);
        var i = first;
        foreach (var part in pattern.Words)
        {
            var length = 0;
            switch (part)
            {
                case "{o}":
                    length = Toy(words, i, out var other);
                    fact = fact with { Object = length > 0 ? other : null };

                    // Whom "it" means isn't known: told, but not right.
                    length = length == 0 && i < words.Count && words[i] is ("it" or "them") ? 1 : length;
                    break;
                case "{c}" when i < words.Count && colours.TryGetValue(words[i], out var colour):
                    fact = fact with { NewColour = colour };
                    length = 1;
                    break;
                case "{d}":
                    length = i + 2 < words.Count && words[i] == "to" && words[i + 1] == "the" ? 3 : 1;
                    if (i + length > words.Count || Side(words[i + length - 1]) is not { } side)
                    {
                        return 0;
                    }

                    fact = fact with { Direction = side };
                    break;
                default:
                    length = i < words.Count && words[i] == part ? 1 : 0;
                    break;
            }

            if (length == 0)
            {
                return 0;
            }

            i += length;
        }

        return i - first;
    }

    private static Direction? Side(string word) => word switch { "left" => Direction.Left, "right" => Direction.Right, _ => null };
}
