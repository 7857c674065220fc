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
    public static void OfSections(IReadOnlyList<int[]> positions, ReadOnlySpan<int> sections, double theta, Tensor cosines, Tensor sines)
    {
        var pair = 0;
        for (var axis = 0; axis < sections.Length; axis++)
        {
            for (var end = pair + sections[axis]; pair < end; pair++)
            {
                Fill(positions[axis], pair, Frequency(theta, (float)pair / cosines.Shape.Last), cosines, sines);
            }
        }
    }

    /// <summary>Positions on a grid, for vision towers: the first half of the pairs turns by the row, the second by the column, both with the same frequencies.</summary>
    /// <param name="rows">The row of each patch.</param>
    /// <param name="columns">The column of each patch.</param>
    /// <param name="theta">Base of the frequencies.</param>
    /// <param name="cosines">[patches, headSize / 2].</param>
    /// <param name="sines">As <paramref name="cosines"/>.</param>
    public static void OfGrid(ReadOnlySpan<int> rows, ReadOnlySpan<int> columns, double theta, Tensor cosines, Tensor sines)
    {
        var half = cosines.Shape.Last / 2;
        for (var pair = 0; pair < 2 * half; pair++)
        {
            Fill(pair < half ? rows : columns, pair, GridFrequency(theta, pair, half), cosines, sines);
        }
    }

    /// <summary>The angles of which <see cref="OfGrid"/> gives cosines and sines, for verification.</summary>
    /// <param name="rows">The row of each patch.</param>
    /// <param name="columns">The column of each patch.</param>
    /// <param name="theta">Base of the frequencies.</param>
    /// <param name="angles">[patches, headSize / 2].</param>
    public static void AnglesOfGrid(ReadOnlySpan<int> rows, ReadOnlySpan<int> columns, double theta, Tensor angles)
    {
        var half = angles.Shape.Last / 2;
        for (var patch = 0; patch < rows.Length; patch++)
        {
            var row = angles.Row(patch);
            for (var pair = 0; pair < 2 * half; pair++)
            {
                row[pair] = (pair < half ? rows : columns)[patch] * GridFrequency(theta, pair, half);
            }
        }
    }

    /// <summary>With the roundings of <see cref="RotaryTable"/>.</summary>
    private static float Frequency(double theta, float power) => 1f / (float)Math.Pow(theta, power);

    private static float GridFrequency(double theta, int pair, int half) => Frequency(theta, (float)(pair % half) / half);

    /// <summary>The reference rounds the frequency and the angle to float32, which moves the result at large positions.</summary>
    private static void Fill(ReadOnlySpan<int> positions, int pair, float frequency, Tensor cosines, Tensor sines)
    {
        var width = cosines.Shape.Last;
        var cosine = cosines.AsSpan();
        var sine = sines.AsSpan();
        for (var row = 0; row < positions.Length; row++)
        {
            var (s, c) = Math.SinCos(positions[row] * frequency);
            (cosine[(row * width) + pair], sine[(row * width) + pair]) = ((float)c, (float)s);
        }
    }
}
