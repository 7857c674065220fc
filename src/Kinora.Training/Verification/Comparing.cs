using Kinora.Models.Verification;

namespace Kinora.Training.Verification;

/// <summary>Errors as golden directories measure them.</summary>
internal static class Comparing
{
    /// <summary>|actual - expected| / |expected|, both as Euclidean norms.</summary>
    public static TensorComparison Relative(string name, string stage, ReadOnlySpan<float> actual, ReadOnlySpan<float> expected, double limit)
        => actual.Length == expected.Length
            ? new(name, stage, Norm(actual, expected) is var difference && Norm(expected, default) is > 0 and var norm ? difference / norm : difference, limit)
            : new(name, stage, double.NaN, limit, $"{actual.Length} values computed, {expected.Length} stored");

    /// <summary>The largest difference.</summary>
    public static TensorComparison Absolute(string name, string stage, ReadOnlySpan<float> actual, ReadOnlySpan<float> expected, double limit)
    {
        var largest = actual.Length == expected.Length ? 0.0 : double.NaN;
        for (var i = 0; i < Math.Min(actual.Length, expected.Length); i++)
        {
            largest = Math.Max(largest, Math.Abs((double)actual[i] - expected[i]));
        }

        return new(name, stage, largest, limit);
    }

    /// <summary>|actual - expected| / |expected| of one number.</summary>
    public static TensorComparison Number(string name, string stage, double actual, double expected, double limit)
        => new(name, stage, expected == 0 ? Math.Abs(actual) : Math.Abs(actual - expected) / Math.Abs(expected), limit);

    /// <summary>The difference of two changes: |(actual - start) - (expected - start)| / |expected - start|.</summary>
    public static TensorComparison Update(string name, string stage, ReadOnlySpan<float> actual, ReadOnlySpan<float> expected, ReadOnlySpan<float> start, double limit)
        => new(name, stage, Norm(actual, expected) is var difference && Norm(expected, start) is > 0 and var change ? difference / change : difference, limit);

    private static double Norm(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        var sum = 0.0;
        for (var i = 0; i < left.Length; i++)
        {
            var difference = (double)left[i] - (right.IsEmpty ? 0 : right[i]);
            sum += difference * difference;
        }

        return Math.Sqrt(sum);
    }
}
