namespace Kinora.Evaluation.Worlds;

/// <summary>How many of some things are right.</summary>
/// <param name="Count">Things.</param>
/// <param name="Right">Those that are right.</param>
public readonly record struct Share(int Count, int Right)
{
    /// <summary>0 to 1; NaN without things.</summary>
    public double Value => (double)Right / Count;
}
