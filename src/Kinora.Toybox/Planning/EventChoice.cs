using Kinora.Tensors;
using Kinora.Toybox.World;

namespace Kinora.Toybox.Planning;

/// <summary>Draws events of toys.</summary>
internal static class EventChoice
{
    private const int MostTries = 100;

    /// <summary>The verbs of a slot's first event with their weights. What two toys do together is rarely possible, hence the high weights.</summary>
    public static readonly double[] All = Weights(
        (Verb.Move, 3), (Verb.Jump, 1.3), (Verb.Spin, 1.3), (Verb.Grow, 1.2), (Verb.Shrink, 1.2), (Verb.Recolour, 1.5), (Verb.Appear, 0.8), (Verb.Disappear, 0.8),
        (Verb.Bump, 7), (Verb.JumpOver, 5), (Verb.Hide, 5), (Verb.Chase, 5));

    /// <summary>The verbs of an event beside another.</summary>
    public static readonly double[] BesideAnother = Weights(
        (Verb.Move, 3), (Verb.Jump, 1.3), (Verb.Spin, 1.3), (Verb.Grow, 1.2), (Verb.Shrink, 1.2), (Verb.Recolour, 1.5), (Verb.Disappear, 0.8));

    /// <summary>Takes an event into the slot; false if none was possible.</summary>
    public static bool Take(ref CounterRandom random, Stage stage, double[] weights)
    {
        for (var attempt = 0; attempt < MostTries; attempt++)
        {
            var verb = (Verb)random.Weighted(weights);
            var happening = verb switch
            {
                Verb.Bump or Verb.JumpOver or Verb.Hide or Verb.Chase => Encounters.Propose(ref random, stage, verb),
                _ => SoloEvents.Propose(ref random, stage, verb),
            };
            if (happening is not null)
            {
                stage.Take(happening);
                return true;
            }
        }

        return false;
    }

    private static double[] Weights(params (Verb Verb, double Weight)[] weights)
    {
        var all = new double[Enum.GetValues<Verb>().Length];
        foreach (var (verb, weight) in weights)
        {
            all[(int)verb] = weight;
        }

        return all;
    }
}
