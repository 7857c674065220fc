using Kinora.Tensors;

namespace Kinora.Training.Verification;

/// <summary>Golden attention and rotary positions: theirs lie [batch, heads, tokens, size], ours [batch * tokens, heads * size].</summary>
internal static class AttentionOperations
{
    public static Tensor[] Equal(GoldenOperation g, bool causal)
    {
        var shape = g["q"].Shape;
        return Back(g, Attend(g, Rows(g, g["q"]), Rows(g, g["k"]), Rows(g, g["v"]), Sequences.Equal(shape[0], shape[2]), causal), shape);
    }

    /// <summary>Padding is taken out before and put back behind: what isn't there needs no mask.</summary>
    public static Tensor[] Padded(GoldenOperation g)
    {
        var (shape, mask) = (g["q"].Shape, g.Integers("mask"));
        var real = Enumerable.Range(0, mask.Length).Where(i => mask[i] != 0).ToArray();
        var lengths = mask.Chunk(shape[2]).Select(row => row.Count(value => value != 0)).ToArray();
        var attended = Attend(g, Real("q"), Real("k"), Real("v"), g.Compute.Divide(lengths), causal: true);
        var places = new int[mask.Length];
        Array.Fill(places, TensorOperations.ZeroRow);
        for (var i = 0; i < real.Length; i++)
        {
            places[real[i]] = i;
        }

        return Back(g, g.Compute.Place(places, attended), shape);

        Tensor Real(string name) => g.Compute.Embed(real, Rows(g, g[name]));
    }

    public static Tensor[] Blocks(GoldenOperation g)
    {
        var starts = g.Integers("cu_seqlens");
        var lengths = starts.Zip(starts.Skip(1), (first, next) => next - first).ToArray();
        return [Attend(g, Flat("q"), Flat("k"), Flat("v"), g.Compute.Divide(lengths), causal: false)];

        Tensor Flat(string name) => g.Compute.Reshape(g[name], new Shape(g[name].Shape[0], g[name].Shape[1] * g[name].Shape[2]));
    }

    public static Tensor[] MaskedSoftmax(GoldenOperation g)
    {
        const float FarBelow = -1e30f;
        var mask = g.New(g.Integers("mask").Length);
        for (var i = 0; i < mask.Shape.Count; i++)
        {
            mask.AsSpan()[i] = g.Integers("mask")[i] == 0 ? 0f : FarBelow;
        }

        return [g.Compute.Softmax(g.Compute.Combine(g["x"], Arithmetic.Add, mask.Reshape(g["x"].Shape)))];
    }

    public static Tensor[] Rope(GoldenOperation g)
    {
        var shape = g["x"].Shape;
        var (cosines, sines) = Angles(g, shape[0] * shape[2], shape[3]);
        RotaryAngles.OfSections([g.Integers("positions")], [shape[3] / 2], g.Real("theta"), cosines, sines);
        return Back(g, g.Compute.Rotate(Rows(g, g["x"]), cosines, sines), shape);
    }

    public static Tensor[] MRope(GoldenOperation g)
    {
        var shape = g["x"].Shape;
        var (cosines, sines) = Angles(g, shape[0] * shape[2], shape[3]);
        RotaryAngles.OfSections([.. g.Integers("positions").Chunk(shape[0] * shape[2])], g.Wholes("sections"), g.Real("theta"), cosines, sines);
        return Back(g, g.Compute.Rotate(Rows(g, g["x"]), cosines, sines), shape);
    }

    public static Tensor[] VisionRope(GoldenOperation g)
    {
        var shape = g["x"].Shape;
        var (cosines, sines) = Angles(g, shape[0], shape[2]);
        RotaryAngles.OfGrid(g.Integers("row"), g.Integers("column"), g.Real("theta"), cosines, sines);
        return [g.Compute.Rotate(g.Compute.Reshape(g["x"], new Shape(shape[0], shape[1] * shape[2])), cosines, sines)];
    }

    private static (Tensor Cosines, Tensor Sines) Angles(GoldenOperation g, int rows, int headSize) => (g.New(rows, headSize / 2), g.New(rows, headSize / 2));

    private static Tensor Attend(GoldenOperation g, Tensor query, Tensor key, Tensor value, Sequences sequences, bool causal)
    {
        var size = g["q"].Shape[-1];
        return g.Compute.Attention(query, key, value, query.Shape.Last / size, key.Shape.Last / size, sequences, causal);
    }

    /// <summary>[batch, heads, tokens, size] to [batch * tokens, heads * size].</summary>
    private static Tensor Rows(GoldenOperation g, Tensor x)
    {
        var (batch, heads, tokens, size) = (x.Shape[0], x.Shape[1], x.Shape[2], x.Shape[3]);
        var arranged = g.Compute.Arrange(x, new Shape(batch, tokens, heads, size), [heads * tokens * size, size, tokens * size, 1]);
        return g.Compute.Reshape(arranged, new Shape(batch * tokens, heads * size));
    }

    private static Tensor[] Back(GoldenOperation g, Tensor rows, Shape shape)
    {
        var (heads, tokens, size) = (shape[1], shape[2], shape[3]);
        return [g.Compute.Arrange(rows, shape, [heads * tokens * size, size, heads * size, 1])];
    }
}
