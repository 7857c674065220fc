using System.Globalization;
using System.Text.RegularExpressions;

namespace Kinora.Training.Optimization;

/// <summary>
/// Rates that shrink towards a tower's input (Bao et al., BEiT, 2021). Tarsier2 names the factor only; the convention here: the last block
/// decay^1, the first decay^L, the embeddings and the norm behind them decay^(L + 1), everything outside the tower 1.
/// </summary>
public static partial class LayerwiseDecay
{
    /// <summary>The factor of a parameter's rate.</summary>
    /// <param name="name">The checkpoint's name.</param>
    /// <param name="layers">Blocks of the tower, L; those behind the feature layer count.</param>
    /// <param name="decay">The factor from one block to the one before.</param>
    public static double Factor(string name, int layers, double decay)
    {
        if (!IsOfTower(name))
        {
            return 1;
        }

        var block = Block().Match(name);
        return block.Success ? Math.Pow(decay, layers - int.Parse(block.Groups[1].ValueSpan, CultureInfo.InvariantCulture))
            : name.Contains("post_layernorm", StringComparison.Ordinal) ? 1
            : Math.Pow(decay, layers + 1);
    }

    /// <summary>Whether a parameter, or a layer's adapter, is part of a vision tower; a connector that bears the tower's name is not.</summary>
    public static bool IsOfTower(string name) => Tower().IsMatch(name);

    [GeneratedRegex(@"(^|\.)(vision_tower|visual)\.(?!merger\.)")]
    private static partial Regex Tower();

    [GeneratedRegex(@"\.(?:layers|blocks)\.(\d{1,6})\.")]
    private static partial Regex Block();
}
