namespace Kinora.Training.Worlds;

/// <summary>A mean that grows.</summary>
internal sealed class Mean
{
    private double sum;
    private long count;

    /// <summary>The mean so far; null before the first number.</summary>
    public double? Value => count == 0 ? null : sum / count;

    public void Add(double total, long numbers) => (sum, count) = (sum + total, count + numbers);
}
