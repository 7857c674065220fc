using Kinora.Tensors;
using Kinora.Toybox.Judging;
using Kinora.Toybox.Questions;
using Kinora.Toybox.World;

namespace Kinora.Evaluation.Worlds;

/// <summary>
/// The score of a model over clips of the world. As in AutoDQ (Wang et al. 2024), recall and precision are means over clips and F1 is the harmonic mean of these means; here what happened
/// is known, and a parser instead of a judge tells whether an event was told.
/// </summary>
public sealed record WorldScore
{
    private const int Resamples = 2000;

    private readonly Lazy<Interval> interval;

    private WorldScore(IReadOnlyList<ClipResult> results)
        => interval = new(() => Bootstrap([.. results.Select(result => (result.Score.Recall, result.Score.Precision))]));

    /// <summary>Clips.</summary>
    public required int Clips { get; init; }

    /// <summary>The mean share of what happened that was told.</summary>
    public required double Recall { get; init; }

    /// <summary>The mean share of what was told that happened.</summary>
    public required double Precision { get; init; }

    /// <summary>The harmonic mean of recall and precision.</summary>
    public double F1 => ClipScore.Harmonic(Recall, Precision);

    /// <summary>Where F1 lies with 95 % certainty, by drawing as many clips again and again (percentile bootstrap).</summary>
    public Interval F1Interval => interval.Value;

    /// <summary>Right answers of all questions.</summary>
    public required Share Questions { get; init; }

    /// <summary>Right answers by type.</summary>
    public required IReadOnlyDictionary<QuestionType, Share> ByType { get; init; }

    /// <summary>Events by kind.</summary>
    public required IReadOnlyDictionary<Verb, VerbScore> ByVerb { get; init; }

    /// <summary>F1 of the clips with so many events, and how many they are.</summary>
    public required IReadOnlyDictionary<int, (int Clips, double F1)> ByEvents { get; init; }

    /// <summary>F1 of clips in which two events happen at once somewhere, and of all others.</summary>
    public required (int Clips, double F1) AtOnce { get; init; }

    /// <summary>See <see cref="AtOnce"/>.</summary>
    public required (int Clips, double F1) OneByOne { get; init; }

    /// <summary>Sums results up.</summary>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static WorldScore Of(IReadOnlyList<ClipResult> results)
    {
        ArgumentNullException.ThrowIfNull(results);
        if (results.Count == 0)
        {
            throw new ArgumentException("No clip was judged.", nameof(results));
        }

        var answers = results.SelectMany(result => result.Questions).ToList();
        var atOnce = results.Where(result => result.Plan.Shots.Any(shot => shot.Slots.Any(slot => slot.Events.Count > 1))).ToList();
        return new([.. results])
        {
            Clips = results.Count,
            Recall = results.Average(result => result.Score.Recall),
            Precision = results.Average(result => result.Score.Precision),
            Questions = Right(answers),
            ByType = answers.GroupBy(answer => answer.Question.Type).OrderBy(group => group.Key).ToDictionary(group => group.Key, Right),
            ByVerb = Enum.GetValues<Verb>().ToDictionary(verb => verb, verb => new VerbScore(
                results.Sum(result => result.Score.Reference.Count(fact => fact.Verb == verb)),
                results.Sum(result => result.Score.Predicted.Count(fact => fact.Verb == verb)),
                results.Sum(result => result.Score.Matched.Count(fact => fact.Verb == verb)))),
            ByEvents = results.GroupBy(result => result.Plan.Events).OrderBy(group => group.Key).ToDictionary(group => group.Key, F1Of),
            AtOnce = F1Of(atOnce),
            OneByOne = F1Of(results.Except(atOnce)),
        };
    }

    private static (int Clips, double F1) F1Of(IEnumerable<ClipResult> results)
    {
        var scores = results.Select(result => result.Score).ToList();
        return scores.Count == 0 ? (0, double.NaN) : (scores.Count, ClipScore.Harmonic(scores.Average(score => score.Recall), scores.Average(score => score.Precision)));
    }

    private static Share Right(IEnumerable<QuestionResult> answers)
    {
        var all = answers.ToList();
        return new(all.Count, all.Count(answer => answer.IsRight));
    }

    private static Interval Bootstrap((double Recall, double Precision)[] clips)
    {
        var (random, values) = (new CounterRandom(0), new double[Resamples]);
        for (var i = 0; i < Resamples; i++)
        {
            var (recall, precision) = (0.0, 0.0);
            for (var n = 0; n < clips.Length; n++)
            {
                var clip = clips[random.Below(clips.Length)];
                (recall, precision) = (recall + clip.Recall, precision + clip.Precision);
            }

            values[i] = ClipScore.Harmonic(recall / clips.Length, precision / clips.Length);
        }

        Array.Sort(values);
        return new(values[Resamples / 40], values[Resamples - 1 - (Resamples / 40)]);
    }
}
