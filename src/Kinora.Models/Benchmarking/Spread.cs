namespace Kinora.Models.Benchmarking;

/// <summary>What became of a quantity that was measured several times.</summary>
/// <param name="Low">A tenth of the measurements are below.</param>
/// <param name="Middle">The median.</param>
/// <param name="High">A tenth of the measurements are above.</param>
public readonly record struct Spread(double Low, double Middle, double High)
{
    /// <summary>The spread of at least one number.</summary>
    public static Spread Of(IReadOnlyCollection<double> values)
    {
        var sorted = values.Order().ToList();
        var tenth = sorted.Count / 10;
        return new(sorted[tenth], Median(sorted), sorted[^(tenth + 1)]);
    }

    /// <summary>The middle one; of an even number the mean of the two in the middle.</summary>
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
