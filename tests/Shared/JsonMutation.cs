using System.Text.Json.Nodes;

namespace Kinora.Tests;

/// <summary>Changes values of a JSON text into others that are still JSON: extremes, other types, nothing. Damaged bytes alone seldom get past the parser.</summary>
internal static class JsonMutation
{
    // A node can't hold half a surrogate pair, so it is put in at the end.
    private const string HalfCharacter = "(half a character)";

    public static string Of(string sound, Random random)
    {
        var root = JsonNode.Parse(sound)!;
        for (var rounds = random.Next(1, 4); rounds > 0; rounds--)
        {
            var places = Places(root).ToList();
            if (places.Count == 0)
            {
                break;
            }

            var (parent, key, index) = places[random.Next(places.Count)];
            if (random.Next(8) == 0)
            {
                Remove(parent, key, index);
            }
            else if (parent is JsonObject entries)
            {
                entries[key!] = Value(entries[key!], random);
            }
            else
            {
                ((JsonArray)parent)[index] = Value(((JsonArray)parent)[index], random);
            }
        }

        return root.ToJsonString().Replace(HalfCharacter, "\\ud800", StringComparison.Ordinal);
    }

    private static IEnumerable<(JsonNode Parent, string? Key, int Index)> Places(JsonNode node)
        => node switch
        {
            JsonObject entries => entries.SelectMany(entry => Of(entries, entry.Key, 0, entry.Value)),
            JsonArray list => list.SelectMany((value, index) => Of(list, null, index, value)),
            _ => [],
        };

    private static IEnumerable<(JsonNode Parent, string? Key, int Index)> Of(JsonNode parent, string? key, int index, JsonNode? value)
        => value is null ? [(parent, key, index)] : Places(value).Prepend((parent, key, index));

    private static void Remove(JsonNode parent, string? key, int index)
    {
        if (parent is JsonObject entries)
        {
            entries.Remove(key!);
        }
        else
        {
            ((JsonArray)parent).RemoveAt(index);
        }
    }

    private static JsonNode? Value(JsonNode? before, Random random)
    {
        if (before is JsonValue number && number.TryGetValue<double>(out var value) && double.IsFinite(value) && random.Next(2) == 0)
        {
            return random.Next(4) switch
            {
                0 => JsonValue.Create((long)value + 1),
                1 => JsonValue.Create((long)value - 1),
                2 => JsonValue.Create((long)value * 2),
                _ => JsonValue.Create(-value),
            };
        }

        if (before is JsonValue text && text.TryGetValue<string>(out var content) && random.Next(2) == 0)
        {
            return random.Next(6) switch
            {
                0 => HalfCharacter,
                1 => "",
                2 => content + content,
                3 => "../" + content,
                4 => "inputs",
                _ => "/dev/zero",
            };
        }

        return random.Next(14) switch
        {
            0 => null,
            1 => JsonValue.Create(0),
            2 => JsonValue.Create(1),
            3 => JsonValue.Create(-1),
            4 => JsonValue.Create(int.MaxValue),
            5 => JsonValue.Create(int.MinValue),
            6 => JsonValue.Create(1L << 40),
            7 => JsonNode.Parse("1e308"),
            8 => JsonNode.Parse("1e999"),
            9 => JsonValue.Create(0.5),
            10 => "text",
            11 => new JsonArray(),
            12 => new JsonObject(),
            _ => JsonValue.Create(random.Next(2) == 0),
        };
    }
}
