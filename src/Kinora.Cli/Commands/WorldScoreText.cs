using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Kinora.Cli.Terminal;
using Kinora.Evaluation.Worlds;
using Kinora.Toybox.Language;
using Kinora.Toybox.World;

namespace Kinora.Cli.Commands;

/// <summary>The score of the world, for people and for programs.</summary>
internal static class WorldScoreText
{
    public static JsonSerializerOptions Format { get; } = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static JsonSerializerOptions Plain { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What was said about a clip, as a line of JSON.</summary>
    public static string Line(ClipResult result) => JsonSerializer.Serialize(
        new
        {
            seed = result.Plan.Seed,
            level = result.Plan.Level,
            events = result.Plan.Events,
            reference = DescriptionWriter.Description(result.Plan, Wording.Plain()),
            text = result.Text,
            recall = Rounded(result.Score.Recall),
            precision = Rounded(result.Score.Precision),
            f1 = Rounded(result.Score.F1),
            questions = result.Questions.Select(answer => new { type = Name(answer.Question.Type), question = answer.Question.Text, answer = answer.Question.Answer, given = answer.Answer, right = answer.IsRight }),
        },
        Plain);

    /// <summary>Flat numbers first, tables behind them.</summary>
    public static object Json(WorldScore score, string model, int level, SeedRange seeds) => new
    {
        model,
        level,
        seeds = seeds.ToString(),
        clips = score.Clips,
        recall = Rounded(score.Recall),
        precision = Rounded(score.Precision),
        f1 = Rounded(score.F1),
        f1Low = Rounded(score.F1Interval.Low),
        f1High = Rounded(score.F1Interval.High),
        questions = score.Questions.Count,
        questionAccuracy = Rounded(score.Questions.Value),
        accuracyByType = score.ByType.ToDictionary(type => Name(type.Key), type => new { questions = type.Value.Count, accuracy = Rounded(type.Value.Value) }),
        events = score.ByVerb.ToDictionary(verb => Name(verb.Key), verb => new { happened = verb.Value.Happened, told = verb.Value.Told, recall = Rounded(verb.Value.Recall), precision = Rounded(verb.Value.Precision) }),
        f1ByEvents = score.ByEvents.ToDictionary(entry => entry.Key.ToString(CultureInfo.InvariantCulture), entry => new { clips = entry.Value.Clips, f1 = Rounded(entry.Value.F1) }),
        f1TwoAtOnce = new { clips = score.AtOnce.Clips, f1 = Rounded(score.AtOnce.F1) },
        f1OneByOne = new { clips = score.OneByOne.Clips, f1 = Rounded(score.OneByOne.F1) },
    };

    /// <summary>Tables on stdout.</summary>
    public static void Show(WorldScore score)
    {
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{score.Clips} clips: F1 {score.F1:0.000} ({score.F1Interval.Low:0.000} to {score.F1Interval.High:0.000}), recall {score.Recall:0.000}, precision {score.Precision:0.000}{(score.Questions.Count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"; {score.Questions.Count} questions, {score.Questions.Value:0.000} right"))}"));
        Console.Out.WriteLine();
        Report.Table(["event", "happened", "told", "recall", "precision"], score.ByVerb.Select(verb => (IReadOnlyList<string>)[Name(verb.Key), Count(verb.Value.Happened), Count(verb.Value.Told), Text(verb.Value.Recall), Text(verb.Value.Precision)]));
        Console.Out.WriteLine();
        Report.Table(["clips", "number", "F1"],
        [
            .. score.ByEvents.Select(entry => (IReadOnlyList<string>)[$"with {Summary.Count(entry.Key, "event")}", Count(entry.Value.Clips), Text(entry.Value.F1)]),
            ["two at once", Count(score.AtOnce.Clips), Text(score.AtOnce.F1)],
            ["one by one", Count(score.OneByOne.Clips), Text(score.OneByOne.F1)],
        ]);
        if (score.ByType.Count > 0)
        {
            Console.Out.WriteLine();
            Report.Table(["question", "number", "right"], score.ByType.Select(type => (IReadOnlyList<string>)[Name(type.Key), Count(type.Value.Count), Text(type.Value.Value)]));
        }
    }

    private static string Name<T>(T value)
        where T : struct, Enum
        => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    private static double? Rounded(double value) => double.IsNaN(value) ? null : Math.Round(value, 4);

    private static string Text(double value) => double.IsNaN(value) ? "-" : value.ToString("0.000", CultureInfo.InvariantCulture);

    private static string Count(int count) => count.ToString(CultureInfo.InvariantCulture);
}
