namespace Kinora.Tensors;

/// <summary>Cosines and sines of rows whose position has several axes; what <see cref="RotaryTable"/> is for positions along one.</summary>
public static class RotaryAngles
{
    /// <summary>
    /// Positions along several axes (M-RoPE, Wang et al., Qwen2-VL, 2024): the pairs of a head are shared out among the axes in stretches,
    /// and each turns by its axis' position times its own frequency.
    /// </summary>
    /// <param name="positions">[axes][rows].</param>
    /// <param name="sections">Pairs of each axis; headSize / 2 in all.</param>
    /// <param name="theta">Base of the frequencies.</param>
    /// <param name="cosines">[rows, headSize / 2].</param>
    /// <param name="sines">As <paramref name="cosines"/>.</param>
    public static void OfSections(IReadOnlyList<IReadOnlyList<int>> positions, ReadOnlySpan<int> sections, double theta, Tensor cosines, Tensor sines)
    {
        var first = 0;
        for (var axis = 0; axis < sections.Length; first += sections[axis++])
        {
            Fill(positions[axis], first, sections[axis], i => Frequency(theta, (float)i / cosines.Shape.Last), cosines, sines);
        }
    }

    /// <summary>Positions on a grid, for vision towers: the first half of the pairs turns by the row, the second by the column, both with the same frequencies.</summary>
    /// <param name="rows">The row of each patch.</param>
    /// <param name="columns">The column of each patch.</param>
    /// <param name="theta">Base of the frequencies.</param>
    /// <param name="cosines">[patches, headSize / 2].</param>
    /// <param name="sines">As <paramref name="cosines"/>.</param>
    public static void OfGrid(IReadOnlyList<int> rows, IReadOnlyList<int> columns, double theta, Tensor cosines, Tensor sines)
    {
        var half = cosines.Shape.Last / 2;
        Fill(rows, 0, half, i => Frequency(theta, (float)i / half), cosines, sines);
        Fill(columns, half, half, i => Frequency(theta, (float)(i - half) / half), cosines, sines);
    }

    /// <summary>With the roundings of <see cref="RotaryTable"/>.</summary>
    private static float Frequency(double theta, float power) => 1f / (float)Math.Pow(theta, power);

    /// <summary>The reference rounds the frequency and the angle to float32, which moves the result at large positions.</summary>
    private static void Fill(IReadOnlyList<int> positions, int first, int count, Func<int, float> frequency, Tensor cosines, Tensor sines)
    {
        float[] frequencies = [.. Enumerable.Range(first, count).Select(frequency)];
        for (var row = 0; row < positions.Count; row++)
        {
            var cosine = cosines.Row(row);
            var sine = sines.Row(row);
            for (var i = first; i < first + count; i++)
            {
                var (s, c) = Math.SinCos(positions[row] * frequencies[i - first]);
                (cosine[i], sine[i]) = ((float)c, (float)s);
            }
        }
    }
}
