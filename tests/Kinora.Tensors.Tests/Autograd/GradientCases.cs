namespace Kinora.Tensors.Tests.Autograd;

/// <summary>Every operation that can be recorded, at shapes drawn at random.</summary>
internal static class GradientCases
{
    private const float Epsilon = 1e-3f;
    private static readonly RotaryTable Angles = new(6, 100);

    public static IEnumerable<GradientCase> Of(Random random)
    {
        var (rows, width, outputs, groups) = (random.Next(1, 20), random.Next(1, 40), random.Next(1, 30), random.Next(1, 4));
        int[] x = [rows, width];
        yield return new("linear", [x, [outputs, width], [outputs]], (o, t) => o.Linear(t[0], t[1], t[2]));
        yield return new("linear without bias", [x, [outputs, width]], (o, t) => o.Linear(t[0], t[1]));
        yield return new("sum with a product", [[rows, outputs], x, [outputs, width]], (o, t) => o.AddLinear(t[0], t[1], t[2]));
        foreach (var activation in new[] { Activation.Gelu, Activation.GeluTanh, Activation.QuickGelu, Activation.Silu })
        {
            yield return new($"{activation}", [x], (o, t) => o.Activate(t[0], activation), v => [.. v[0].Select(value => References.Activate(activation, value))]);
            yield return new($"linear with {activation}", [x, [outputs, width], [outputs]], (o, t) => o.Linear(t[0], t[1], t[2], activation), v => References.Linear(v, width, activation));
        }

        yield return new("layer norm", [x, [width], [width]], (o, t) => o.LayerNorm(t[0], t[1], t[2], Epsilon), v => References.LayerNorm(v, Epsilon));
        yield return new("root mean square norm", [x, [width]], (o, t) => o.RmsNorm(t[0], t[1], Epsilon), v => References.RmsNorm(v, Epsilon));
        yield return new("softmax", [x], (o, t) => o.Softmax(t[0]), v => References.Softmax(v[0], width));
        yield return new("log softmax", [x], (o, t) => o.LogSoftmax(t[0]), v => [.. References.Softmax(v[0], width).Select(value => Math.Log(value))]);
        yield return new("gate", [x, x], (o, t) => o.SiluGate(t[0], t[1]), v => [.. v[0].Zip(v[1], (gate, up) => References.Activate(Activation.Silu, gate) * up)]);
        foreach (var function in new[] { PointFunction.Tanh, PointFunction.Sigmoid, PointFunction.LogSigmoid, PointFunction.Exp, PointFunction.Square })
        {
            yield return new($"{function}", [x], (o, t) => o.Apply(t[0], function), v => [.. v[0].Select(value => References.Apply(function, value))]);
        }

        yield return new("sum of two", [x, x], (o, t) => o.Add(t[0], t[1]));
        yield return new("repeated table", [[groups * rows, width], [rows, width]], (o, t) => o.AddRepeated(t[0], t[1], rows));
        yield return new("scale", [x], (o, t) => o.Scale(t[0], -1.5f));
        yield return new("product with broadcasting", [[groups, rows, width], [rows, 1]], (o, t) => o.Combine(t[0], Arithmetic.Multiply, t[1]));
        yield return new("difference with broadcasting", [x, [groups, 1, width]], (o, t) => o.Combine(t[0], Arithmetic.Subtract, t[1]));
        yield return new("reshape", [x], (o, t) => o.Reshape(t[0], new Shape(width, rows)));
        yield return new("transpose", [x], (o, t) => o.Arrange(t[0], new Shape(width, rows), [1, width]));
        yield return new("concatenate", [[groups, rows, 2], [groups, width, 2]], (o, t) => o.Concatenate(1, t[0], t[1]));
        yield return new("sum", [[groups, rows, width]], (o, t) => o.Sum(t[0], 1));
        yield return new("mean", [x], (o, t) => o.Mean(t[0]));
        foreach (var (a, b) in new[] { (false, false), (false, true), (true, false), (true, true) })
        {
            yield return new($"products {a} {b}", [a ? [groups, width, rows] : [groups, rows, width], b ? [groups, outputs, width] : [groups, width, outputs]], (o, t) => o.MatMul(t[0], t[1], a, b));
        }

        int[] plan = [.. Enumerable.Range(0, 12).Select(i => i % 5 == 4 ? TensorOperations.ZeroRow : i % 2 == 0 ? random.Next(outputs) : ~random.Next(rows))];
        yield return new("placed rows", [[outputs, width], x], (o, t) => o.Place(plan, t[0], t[1]));
        yield return new("prepended row", [[groups * rows, width], [width]], (o, t) => o.Prepend(t[0], t[1], groups));
        yield return new("first rows dropped", [[groups * (rows + 1), width]], (o, t) => o.DropFirst(t[0], groups));
        var (first, count) = (random.Next(width), 1);
        count = random.Next(1, width - first + 1);
        yield return new("columns", [x], (o, t) => o.Columns(t[0], first, count));
        yield return new("columns side by side", [[rows, 3 * width]], (o, t) => o.Add(o.Columns(t[0], 2 * width, width), o.Combine(o.Columns(t[0], 0, width), Arithmetic.Subtract, o.Scale(o.Columns(t[0], 0, width), 3f))));
        yield return new("patches", [[groups, 2, 5, 7]], (o, t) => o.Patches(t[0], 2));
        int[] cells = [random.Next(1, 6), random.Next(1, 6), random.Next(1, 6)];
        yield return new("adaptive pool", [[groups, 5, 4, 3]], (o, t) => o.AdaptivePool(t[0], cells[0], cells[1], cells[2]));
        PoolGrid[] grids = [new(5, 2, 3, 4, 3, 1, random.Next(6)), new(3, 1, 2, 2, 2, 5, random.Next(4))];
        yield return new("adaptive pool of several grids", [[grids.Sum(grid => grid.Rows), 3]], (o, t) => o.AdaptivePool(t[0], grids));
        var side = random.Next(4, 6);
        yield return new("resized positions", [[10, width]], (o, t) => o.ResizePositions(t[0], side));

        int[] lengths = [rows, random.Next(1, 6), 1];
        var tokens = lengths.Sum();
        yield return new("rotary", [[tokens, 3 * 6]], (o, t) => o.Rotate(t[0], Angles, o.Divide(lengths)));
        foreach (var causal in new[] { false, true })
        {
            var reference = new AttentionReference([0, rows, tokens - 1, tokens], 4, 2, 3, causal);
            yield return new($"attention, causal {causal}", [[tokens, 12], [tokens, 6], [tokens, 6]], (o, t) => o.Attention(t[0], t[1], t[2], 4, 2, o.Divide(lengths), causal), v => reference.Forward(v[0], v[1], v[2]).Output);
        }

        var branching = new Branching([rows, 0, 2], [[random.Next(1, 5), 1, 3], [2, 1], []]);
        var samples = new AttentionReference([0, .. branching.Lengths.Select((_, i) => branching.Lengths.Take(i + 1).Sum())], 4, 2, 3, true);
        yield return new("rotary behind prefixes", [[branching.Rows, 3 * 6]], (o, t) => o.Rotate(t[0], Angles, Divide(o)));
        yield return new("rotary of branches", [[branching.Own.Length, 3 * 6]], (o, t) => o.Rotate(t[0], Angles, Divide(o).Branches));
        yield return new("attention behind prefixes", [[branching.Rows, 12], [branching.Rows, 6], [branching.Rows, 6]], (o, t) => o.Attention(t[0], t[1], t[2], 4, 2, Divide(o), true), v => Whole(v[0], v));
        yield return new(
            "attention of branches",
            [[branching.Own.Length, 12], [branching.Rows, 6], [branching.Rows, 6]],
            (o, t) => o.Attention(t[0], t[1], t[2], 4, 2, Divide(o), true),
            v => Branching.Pick(Whole([.. Enumerable.Range(0, branching.Rows).SelectMany(row => Array.IndexOf(branching.Own, row) is >= 0 and var own ? v[0].AsSpan(own * 12, 12).ToArray() : new double[12])], v), branching.Own, 12));

        Sequences Divide(TensorOperations o) => o.Divide(branching.Prefixes, branching.Counts, branching.Branches);

        double[] Whole(double[] query, double[][] v) => Branching.Pick(samples.Forward(
            Branching.Pick(query, branching.Copied, 12), Branching.Pick(v[1], branching.Copied, 6), Branching.Pick(v[2], branching.Copied, 6)).Output, branching.Found, 12);
    }
}
