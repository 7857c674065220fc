using Kinora.Tensors;

namespace Kinora.Toybox.Language;

/// <summary>How a writer chooses among expressions that mean the same.</summary>
/// <param name="variety">The share of places that don't take the usual expression: 0 always the usual one, 1 never if there is another.</param>
/// <param name="seed">Which choices.</param>
public sealed class Wording(double variety, ulong seed)
{
    /// <summary>The share in the texts that models are trained on.</summary>
    public const double Usual = 0.25;

    private CounterRandom random = new(seed);

    /// <summary>Always the usual expression.</summary>
    public static Wording Plain() => new(0, 0);

    internal string Choose(params ReadOnlySpan<string> forms)
        => forms.Length == 1 || random.Uniform() >= variety ? forms[0] : forms[1 + random.Below(forms.Length - 1)];
}
