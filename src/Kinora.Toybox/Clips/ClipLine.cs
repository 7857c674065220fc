using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kinora.Toybox.Language;
using Kinora.Toybox.Questions;
using Kinora.Toybox.World;

namespace Kinora.Toybox.Clips;

/// <summary>A clip's line in <c>clips.jsonl</c>: where it is, what happens in it, and texts about it. <c>kinora train</c> reads these lines as data, <c>video</c> with <c>text</c>.</summary>
internal static class ClipLine
{
    private static readonly JsonSerializerOptions options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The line, without its end.</summary>
    /// <param name="plan">The clip.</param>
    /// <param name="name">Its file or folder, from the directory of the line's file.</param>
    public static string Of(ClipPlan plan, string name)
    {
        var first = 0;
        var shots = new JsonArray();
        foreach (var shot in plan.Shots)
        {
            shots.Add(Shot(shot, first));
            first += shot.Frames;
        }

        var line = new JsonObject
        {
            ["video"] = name,
            ["seed"] = plan.Seed,
            ["level"] = plan.Level,
            ["length"] = plan.Frames,
            ["shots"] = shots,
            ["events"] = new JsonArray([.. ClipFacts.Of(plan).Select(Event)]),
            ["text"] = DescriptionWriter.Description(plan, Wording.Plain()),
            ["sentence"] = DescriptionWriter.OneSentence(plan, Wording.Plain()),
            ["caption"] = DescriptionWriter.Caption(plan, Wording.Plain()),
            ["questions"] = new JsonArray([.. new QuestionWriter(plan, (ulong)plan.Seed).Ask(Enum.GetValues<QuestionType>().Length).Select(Question)]),
        };
        return line.ToJsonString(options);
    }

    /// <summary>The seed that a line is about; null if it is none, or not whole.</summary>
    public static long? SeedOf(string line)
    {
        try
        {
            return (long?)JsonNode.Parse(line, documentOptions: new() { AllowDuplicateProperties = false })?["seed"];
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static JsonObject Shot(Shot shot, int first) => new()
    {
        ["scene"] = Word(shot.Scene),
        ["start"] = Seconds(first),
        ["end"] = Seconds(first + shot.Frames),
        ["toys"] = new JsonArray([.. shot.Toys.Select(toy => new JsonObject
        {
            ["kind"] = Word(toy.Kind),
            ["colour"] = Word(toy.Colour),
            ["size"] = Word(toy.Size),
            ["x"] = Math.Round(toy.X, 2),
            ["visible"] = toy.IsVisible,
        })]),
    };

    private static JsonObject Event(TimedFact timed)
    {
        var fact = timed.Fact;
        var happening = new JsonObject { ["verb"] = Word(fact.Verb), ["shot"] = timed.Shot, ["start"] = Seconds(timed.Start), ["end"] = Seconds(timed.End) };
        if (fact.Subject is { } subject)
        {
            happening["subject"] = Toy(subject);
        }

        if (fact.Direction is { } direction)
        {
            happening["direction"] = Word(direction);
        }

        if (fact.Object is { } other)
        {
            happening["object"] = Toy(other);
        }

        if (fact.NewColour is { } colour)
        {
            happening["to"] = Word(colour);
        }

        return happening;
    }

    private static JsonObject Question(Question question) => new() { ["type"] = Word(question.Type), ["question"] = question.Text, ["answer"] = question.Answer };

    private static JsonObject Toy(ToyName name) => new() { ["kind"] = Word(name.Kind), ["colour"] = Word(name.Colour) };

    private static string Word<T>(T value)
        where T : struct, Enum
        => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    private static double Seconds(int frame) => Math.Round((double)frame / ClipPlan.FramesPerSecond, 3);
}
