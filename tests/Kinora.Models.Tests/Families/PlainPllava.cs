namespace Kinora.Models.Tests.Families;

/// <summary>PLLaVA once more, from its specification alone, in double precision: what Tarsier has before and behind the connector, with the means of the projected features between them, in the published order.</summary>
internal sealed class PlainPllava(PlainSizes sizes, IReadOnlyDictionary<string, double[]> weights, PlainPooling pooling, IReadOnlyList<int> videos) : PlainTarsier(sizes, weights)
{
    /// <inheritdoc/>
    protected override double[][][] Connect(double[][][] projected)
    {
        var (connected, first) = (new List<double[][]>(), 0);
        foreach (var frames in videos)
        {
            connected.Add(Pool(projected[first..(first + frames)]));
            first += frames;
        }

        return [.. connected];
    }

    private double[][] Pool(double[][][] frames)
    {
        var target = pooling.Target is { } given ? given : (Time: frames.Length, pooling.Rows, Columns: pooling.Columns);

        // Few frames are repeated where they stand, each as often as the others as far as that can be.
        var places = pooling.Target is null ? frames.Length : Math.Max(frames.Length, pooling.Frames);
        var drawn = Enumerable.Range(0, places).Select(place => frames[(int)Math.Floor(place * (double)frames.Length / places)]).ToArray();
        var tokens = new List<double[]>();
        foreach (var times in Cells(places, target.Time))
        {
            foreach (var rows in Cells(pooling.Rows, target.Rows))
            {
                foreach (var columns in Cells(pooling.Columns, target.Columns))
                {
                    var cell = times.SelectMany(t => rows.SelectMany(row => columns.Select(column => drawn[t][(row * pooling.Columns) + column]))).ToArray();
                    tokens.Add([.. Enumerable.Range(0, cell[0].Length).Select(i => cell.Average(values => values[i]))]);
                }
            }
        }

        return [.. tokens];
    }

    private static IEnumerable<int[]> Cells(int places, int cells) => Enumerable.Range(0, cells).Select(k =>
    {
        var (first, end) = ((int)Math.Floor(k * (double)places / cells), (int)Math.Ceiling((k + 1) * (double)places / cells));
        return Enumerable.Range(first, end - first).ToArray();
    });
}
