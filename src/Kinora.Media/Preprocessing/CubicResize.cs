namespace Kinora.Media;

/// <summary>Resizing of numbers instead of bytes as torch's <c>interpolate</c> has it: Keys' cubic (1981) with a = -0.75 over four neighbours, pixel centres at halves, edges repeated, no antialiasing.</summary>
public static class CubicResize
{
    private const float A = -0.75f;

    /// <summary>Resizes planes.</summary>
    /// <param name="source">[planes, height, width].</param>
    /// <param name="width">Of the source.</param>
    /// <param name="height">Of the source.</param>
    /// <param name="target">[planes, side, side].</param>
    /// <param name="side">Side of the target.</param>
    public static void Resize(ReadOnlySpan<float> source, int width, int height, Span<float> target, int side)
    {
        var planes = source.Length / (width * height);
        var (columns, across) = Taps(width, side);
        var (rows, down) = Taps(height, side);
        Span<float> line = stackalloc float[4];
        for (var plane = 0; plane < planes; plane++)
        {
            var from = source.Slice(plane * width * height, width * height);
            for (var y = 0; y < side; y++)
            {
                for (var x = 0; x < side; x++)
                {
                    for (var tap = 0; tap < 4; tap++)
                    {
                        var row = from.Slice(rows[(4 * y) + tap] * width, width);
                        line[tap] = (row[columns[4 * x]] * across[4 * x]) + (row[columns[(4 * x) + 1]] * across[(4 * x) + 1]) + (row[columns[(4 * x) + 2]] * across[(4 * x) + 2]) + (row[columns[(4 * x) + 3]] * across[(4 * x) + 3]);
                    }

                    target[(((plane * side) + y) * side) + x] = (line[0] * down[4 * y]) + (line[1] * down[(4 * y) + 1]) + (line[2] * down[(4 * y) + 2]) + (line[3] * down[(4 * y) + 3]);
                }
            }
        }
    }

    /// <summary>For each place of the target its four places in the source and what they count.</summary>
    private static (int[] Places, float[] Weights) Taps(int places, int side)
    {
        var (taps, weights, scale) = (new int[4 * side], new float[4 * side], (float)places / side);
        for (var i = 0; i < side; i++)
        {
            var at = (scale * (i + 0.5f)) - 0.5f;
            var first = (int)MathF.Floor(at);
            var t = at - first;
            for (var tap = 0; tap < 4; tap++)
            {
                taps[(4 * i) + tap] = Math.Clamp(first - 1 + tap, 0, places - 1);
            }

            (weights[4 * i], weights[(4 * i) + 1], weights[(4 * i) + 2], weights[(4 * i) + 3]) = (Outer(t + 1), Inner(t), Inner(1 - t), Outer(2 - t));
        }

        return (taps, weights);
    }

    private static float Inner(float d) => ((((A + 2) * d) - (A + 3)) * d * d) + 1;

    private static float Outer(float d) => (((((A * d) - (5 * A)) * d) + (8 * A)) * d) - (4 * A);
}
