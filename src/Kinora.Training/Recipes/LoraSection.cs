namespace Kinora.Training.Recipes;

/// <summary>Low-rank updates beside linear layers (Hu et al. 2021).</summary>
public sealed record LoraSection
{
    /// <summary>The inner width of the updates.</summary>
    public int Rank { get; init; } = 8;

    /// <summary>The updates are multiplied by alpha / rank.</summary>
    public double Alpha { get; init; } = 16;

    /// <summary>Linear layers: the last parts of their names (<c>q_proj</c>, <c>self_attn.q_proj</c>), which are looked for in the decoder only, whole names, or with a <c>*</c> a pattern of the whole name.</summary>
    public IReadOnlyList<string> Targets { get; init; } = ["q_proj", "v_proj"];

    /// <summary>Which share of the updates' inputs is left out at random, 0 to below 1.</summary>
    public double Dropout { get; init; }

    /// <summary>The updates' rate at the schedule's height; null: the optimiser's.</summary>
    public double? LearningRate { get; init; }
}
