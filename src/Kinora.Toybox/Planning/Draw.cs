using Kinora.Tensors;

namespace Kinora.Toybox.Planning;

/// <summary>What plans draw from random numbers.</summary>
internal static class Draw
{
    /// <summary>True with a probability.</summary>
    public static bool Chance(this ref CounterRandom random, double probability) => random.Uniform() < probability;

    /// <summary>A whole number from the first to the last, both included.</summary>
    public static int Whole(this ref CounterRandom random, int first, int last) => first + random.Below(last - first + 1);

    /// <summary>A number between two others.</summary>
    public static double Between(this ref CounterRandom random, double low, double high) => low + ((high - low) * random.Uniform());

    /// <summary>One of several.</summary>
    public static T Pick<T>(this ref CounterRandom random, IReadOnlyList<T> choices) => choices[random.Below(choices.Count)];
}
