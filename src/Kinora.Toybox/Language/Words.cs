using Kinora.Toybox.World;

namespace Kinora.Toybox.Language;

/// <summary>Words for what the world is made of.</summary>
internal static class Words
{
    private static readonly string[] kinds = [.. Enum.GetNames<ToyKind>().Select(name => name.ToLowerInvariant())];
    private static readonly string[] colours = [.. Enum.GetNames<ToyColour>().Select(name => name.ToLowerInvariant())];
    private static readonly string[] directions = [.. Enum.GetNames<Direction>().Select(name => name.ToLowerInvariant())];
    private static readonly string[] numbers = ["None", "One", "Two", "Three", "Four"];

    public static string Of(ToyKind kind) => kinds[(int)kind];

    public static string Of(ToyColour colour) => colours[(int)colour];

    public static string Of(Direction direction) => directions[(int)direction];

    public static string Of(ToySize size) => size == ToySize.Small ? "small" : "big";

    public static string Number(int count) => numbers[count];

    /// <summary>A toy that is known already.</summary>
    public static string The(ToyName toy) => $"the {Of(toy.Colour)} {Of(toy.Kind)}";

    /// <summary>A toy that wasn't mentioned yet.</summary>
    public static string A(ToyName toy) => $"{(toy.Colour == ToyColour.Orange ? "an" : "a")} {Of(toy.Colour)} {Of(toy.Kind)}";

    /// <summary>A toy of the inventory.</summary>
    public static string A(ToyState toy) => $"a {Of(toy.Size)} {Of(toy.Colour)} {Of(toy.Kind)}";

    /// <summary>How a kind goes from one place to another, in the infinitive.</summary>
    public static string Go(ToyKind kind) => kind switch
    {
        ToyKind.Ball => "roll",
        ToyKind.Cube or ToyKind.Star => "slide",
        ToyKind.Car => "drive",
        ToyKind.Boat => "sail",
        ToyKind.Robot or ToyKind.Cat => "walk",
        ToyKind.Bird => "fly",
        ToyKind.Balloon => "float",
        _ => "move",
    };

    /// <summary>The third person of an infinitive.</summary>
    public static string Third(string verb)
        => verb.EndsWith('y') ? $"{verb[..^1]}ies" : verb.EndsWith("sh", StringComparison.Ordinal) ? $"{verb}es" : $"{verb}s";

    /// <summary>In, on: the place with its preposition.</summary>
    public static string At(Scene scene) => scene switch
    {
        Scene.Meadow => "in a meadow",
        Scene.Beach => "on a beach",
        Scene.Room => "in a room",
        Scene.Snow => "in the snow",
        Scene.Street => "on a street at night",
        _ => "in a desert",
    };

    /// <summary>The place without its preposition.</summary>
    public static string Place(Scene scene) => At(scene)[3..];

    /// <summary>A, B and C.</summary>
    public static string List(IReadOnlyList<string> parts)
        => parts.Count < 2 ? string.Concat(parts) : $"{string.Join(", ", parts.SkipLast(1))} and {parts[^1]}";

    public static string Capital(string text) => text.Length == 0 ? text : $"{char.ToUpperInvariant(text[0])}{text[1..]}";
}
