using System.Globalization;
using Kinora.Models;

namespace Kinora.Training.Recipes;

/// <summary>Reads the keys of one section, each with its check; at the end what nobody asked for is refused.</summary>
/// <param name="map">The section; null: it isn't there, and everything has its default.</param>
/// <param name="path">Its keys from the root, with a dot behind; empty for the root.</param>
internal sealed class RecipeSection(RecipeMap? map, string path)
{
    private readonly List<string> known = [];

    public bool IsThere => map is not null;

    /// <summary>The value of a key, or null if it isn't there.</summary>
    public RecipeNode? Find(string key)
    {
        if (!known.Contains(key))
        {
            known.Add(key);
        }

        return map?.Find(key);
    }

    /// <summary>Whether a key is there and says null: off, or not given.</summary>
    public bool IsNull(string key) => Find(key) is RecipeScalar { IsNull: true };

    /// <summary>A section below this one.</summary>
    public RecipeSection Section(string key)
        => Find(key) switch
        {
            null or RecipeScalar { IsNull: true } => new RecipeSection(null, $"{path}{key}."),
            RecipeMap section => new RecipeSection(section, $"{path}{key}."),
            var other => throw Wrong(key, other, "keys with values"),
        };

    /// <summary>A list of sections; empty if there is none.</summary>
    public List<(RecipeSection Section, RecipePlace Place)> Sections(string key)
        => Find(key) switch
        {
            null => [],
            RecipeList list => [.. list.Items.Select((item, index) => (new RecipeSection(item as RecipeMap ?? throw Wrong($"{key}.{index}", item, "keys with values"), $"{path}{key}.{index}."), item.Place))],
            var other => throw Wrong(key, other, "a list (lines that begin with '-')"),
        };

    public string? Text(string key, string expected) => Find(key) switch
    {
        null => null,
        RecipeScalar { IsNull: false, Text: var text } when !string.IsNullOrWhiteSpace(text) && !text.Contains('\0', StringComparison.Ordinal) => text,
        var other => throw Wrong(key, other, expected),
    };

    public List<string>? Texts(string key, string expected) => Find(key) switch
    {
        null => null,
        RecipeList { Items: { Count: > 0 } items } => [.. items.Select((item, index) => item is RecipeScalar { IsNull: false } scalar && !string.IsNullOrWhiteSpace(scalar.Text) ? scalar.Text : throw Wrong($"{key}.{index}", item, "a name"))],
        var other => throw Wrong(key, other, expected),
    };

    public double? Number(string key, Func<double, bool> holds, string expected) => Find(key) is { } node ? NumberOf(key, node, holds, expected) : null;

    public double[]? Numbers(string key, int count, Func<double, bool> holds, string expected) => Find(key) switch
    {
        null => null,
        RecipeList list when list.Items.Count == count => [.. list.Items.Select(item => NumberOf(key, item, holds, expected))],
        var other => throw Wrong(key, other, expected),
    };

    public long? Whole(string key, long least, long most = long.MaxValue)
        => Find(key) switch
        {
            null => null,
            RecipeScalar { Quoted: false } scalar when long.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most => number,
            var other => throw Wrong(key, other, most == long.MaxValue ? $"a whole number of at least {least}" : $"a whole number from {least} to {most}"),
        };

    public bool? Switch(string key) => Find(key) switch
    {
        null => null,
        RecipeScalar { Quoted: false, Text: "true" } => true,
        RecipeScalar { Quoted: false, Text: "false" } => false,
        var other => throw Wrong(key, other, "true or false"),
    };

    /// <summary>One of some names.</summary>
    public T? Choice<T>(string key, IReadOnlyList<(string Name, T Value)> choices)
        where T : struct
    {
        if (Find(key) is not { } node)
        {
            return null;
        }

        foreach (var (name, value) in choices)
        {
            if (node is RecipeScalar scalar && scalar.Text == name)
            {
                return value;
            }
        }

        var names = choices.Select(choice => choice.Name).ToArray();
        throw Wrong(key, node, names.Length == 1 ? names[0] : $"{string.Join(", ", names[..^1])} or {names[^1]}");
    }

    /// <summary>Refuses keys that weren't asked for.</summary>
    public void End()
    {
        foreach (var (key, value) in map?.Entries ?? [])
        {
            if (!known.Contains(key))
            {
                var near = NearestName.Of(key, known);
                var remedy = near is null ? $"known are {string.Join(", ", known)}" : $"did you mean '{path}{near}'?";
                throw new RecipeException($"{value.Place}: '{path}{RecipeText.Shown(key)}' is no key of a recipe; {remedy}");
            }
        }
    }

    /// <summary>The error of a value that isn't what was expected.</summary>
    public RecipeException Wrong(string key, RecipeNode value, string expected)
    {
        var found = value switch
        {
            RecipeScalar { IsNull: true } => "is empty",
            RecipeScalar { Quoted: true } scalar => $"is the text {Quotation.Of(scalar.Text)}",
            RecipeScalar scalar => $"is {Quotation.Of(scalar.Text)}",
            RecipeList list => $"is a list of {list.Items.Count}",
            _ => "has keys of its own",
        };
        return new RecipeException($"{value.Place}: '{path}{RecipeText.Shown(key)}' {found}; expected {expected}");
    }

    /// <summary>The error of a key that does not go with others.</summary>
    public RecipeException Conflict(string key, string problem)
        => new($"{map?.Find(key)?.Place ?? map?.Place}: '{path}{key}' {problem}");

    private double NumberOf(string key, RecipeNode node, Func<double, bool> holds, string expected)
        => node is RecipeScalar { Quoted: false } scalar && double.TryParse(scalar.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) && holds(number)
            ? number
            : throw Wrong(key, node, expected);
}
