namespace Kinora.Models.Adapters;

/// <summary>
/// The low-rank updates that lie in a checkpoint beside the layers they belong to. Their alpha is stored nowhere: PLLaVA's authors leave it to who uses their
/// checkpoints (arXiv 2404.16994, section 4.4).
/// </summary>
public sealed class StoredAdapters
{
    /// <summary>The alpha of all published scripts of PLLaVA; its training had 32.</summary>
    public const double DefaultAlpha = 4;

    private readonly List<LowRankUpdate> updates = [];
    private double alpha = DefaultAlpha;

    /// <summary>How many there are.</summary>
    public int Count => updates.Count;

    /// <summary>Their ranks.</summary>
    public IEnumerable<int> Ranks => updates.Select(update => update.Down.Shape.Rows).Distinct();

    /// <summary>The scale of each is this over its rank; 0 switches them off.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No finite number.</exception>
    public double Alpha
    {
        get => alpha;
        set
        {
            alpha = double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "The alpha of adapters must be a finite number.");
            updates.ForEach(Scale);
        }
    }

    internal void Add(LowRankUpdate update)
    {
        updates.Add(update);
        Scale(update);
    }

    private void Scale(LowRankUpdate update) => update.Scale = (float)(alpha / update.Down.Shape.Rows);
}
