namespace Kinora.Training.Plotting;

/// <summary>Curves as they are seen: smoothed, thinned to what a picture can show, and without spikes that would squeeze all else.</summary>
internal static class CurveShape
{
    /// <summary>A running mean in which older values count less, over about a thirtieth of the curve.</summary>
    public static CurvePoint[] Smoothed(IReadOnlyList<CurvePoint> points)
    {
        var memory = 1 - (1 / Math.Max(1, points.Count / 30.0));
        var (sum, weight) = (0.0, 0.0);
        var result = new CurvePoint[points.Count];
        for (var i = 0; i < result.Length; i++)
        {
            if (double.IsFinite(points[i].Value))
            {
                (sum, weight) = ((memory * sum) + points[i].Value, (memory * weight) + 1);
            }

            result[i] = points[i] with { Value = double.IsFinite(points[i].Value) ? sum / weight : double.NaN };
        }

        return result;
    }

    /// <summary>At most about so many points: of each run of neighbours the smallest and the largest, so that every spike stays.</summary>
    public static IReadOnlyList<CurvePoint> Thinned(IReadOnlyList<CurvePoint> points, int most)
    {
        if (points.Count <= most)
        {
            return points;
        }

        var thin = new List<CurvePoint>();
        var groups = most / 2;
        for (var group = 0; group < groups; group++)
        {
            var (begin, end) = ((int)((long)group * points.Count / groups), (int)((group + 1L) * points.Count / groups));
            var (low, high) = (begin, begin);
            for (var i = begin; i < end; i++)
            {
                low = points[i].Value < points[low].Value || double.IsNaN(points[low].Value) ? i : low;
                high = points[i].Value > points[high].Value || double.IsNaN(points[high].Value) ? i : high;
            }

            thin.Add(points[Math.Min(low, high)]);
            if (low != high)
            {
                thin.Add(points[Math.Max(low, high)]);
            }
        }

        return thin;
    }

    /// <summary>The range that 98 of 100 values lie in; null if none is finite.</summary>
    public static (double Least, double Most)? Range(IEnumerable<CurvePoint> points)
    {
        var values = points.Select(point => point.Value).Where(double.IsFinite).Order().ToArray();
        var cut = values.Length / 100;
        return values.Length == 0 ? null : (values[cut], values[^(cut + 1)]);
    }
}
