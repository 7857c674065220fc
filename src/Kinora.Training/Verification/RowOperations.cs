using System.Globalization;
using Kinora.Models.Weights;
using Kinora.Tensors;

namespace Kinora.Training.Verification;

/// <summary>Golden operations that take values from elsewhere.</summary>
internal static class RowOperations
{
    public static Tensor[] LoraLinear(GoldenOperation g)
    {
        var layer = new LinearLayer(g.Name, g["weight"], null);
        layer.Attach(new(g["lora_a"], g["lora_b"]) { Scale = g.Real("scale") });
        return [layer.Forward(g.Compute, g["x"])];
    }

    /// <summary>The padding's row is taken from a frozen copy.</summary>
    public static Tensor[] EmbeddingWithPadding(GoldenOperation g)
    {
        var (weight, padding) = (g["weight"], g.Whole("padding_idx"));
        var frozen = g.New(1, weight.Shape.Last);
        weight.Row(padding).CopyTo(frozen.AsSpan());
        return [g.Compute.Place([.. g.Integers("ids").Select(id => id == padding ? ~0 : id)], weight, frozen)];
    }

    public static Tensor[] Scatter(GoldenOperation g)
    {
        var next = 0;
        return [g.Compute.Place([.. g.Integers("mask").Select((value, i) => value != 0 ? ~next++ : i)], g["sequence"], g["rows"])];
    }

    public static Tensor[] GatherLast(GoldenOperation g)
    {
        var x = g["x"];
        var values = g.Compute.Reshape(x, new Shape((int)x.Shape.Count, 1));
        return [g.Compute.Embed([.. g.Integers("index").Select((column, row) => (row * x.Shape.Last) + column)], values)];
    }

    public static Tensor[] RepeatHeads(GoldenOperation g)
    {
        var (x, times) = (g["x"].Shape, g.Whole("times"));
        return [g.Compute.Arrange(g["x"], new Shape(x[0], x[1], times, x[2], x[3]), [x[1] * x[2] * x[3], x[2] * x[3], 0, x[3], 1])];
    }

    public static Tensor[] Split(GoldenOperation g)
    {
        var (x, axis) = (g["x"].Shape, g.Whole("axis"));
        axis = axis < 0 ? axis + x.Rank : axis;
        var (extents, strides, offset) = (new int[x.Rank], new int[x.Rank], 0);
        for (var (i, stride) = (x.Rank - 1, 1); i >= 0; stride *= x[i--])
        {
            (extents[i], strides[i]) = (x[i], stride);
        }

        var parts = new List<Tensor>();
        foreach (var size in g.Wholes("sizes"))
        {
            extents[axis] = size;
            parts.Add(g.Compute.Arrange(g["x"], new Shape(extents), strides, offset));
            offset += size * strides[axis];
        }

        return [.. parts];
    }

    /// <summary>A slice as Python writes it.</summary>
    public static Tensor[] Slice(GoldenOperation g)
    {
        var (x, parts) = (g["x"].Shape, g.Attributes.GetProperty("slice").GetString()!.Split(','));
        var (extents, strides, offset, stride) = (new int[x.Rank], new int[x.Rank], 0, 1);
        for (var axis = x.Rank - 1; axis >= 0; stride *= x[axis--])
        {
            var range = (axis < parts.Length ? parts[axis] : ":").Trim().Split(':');
            var step = Number(range, 2, 1);
            var (first, end) = (FromEnd(Number(range, 0, 0), x[axis]), FromEnd(Number(range, 1, x[axis]), x[axis]));
            extents[axis] = Math.Max(0, (end - first + step - 1) / step);
            strides[axis] = stride * step;
            offset += stride * first;
        }

        return [g.Compute.Arrange(g["x"], new Shape(extents), strides, offset)];

        static int Number(string[] range, int place, int missing) => range.Length > place && range[place].Trim() is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : missing;

        static int FromEnd(int place, int extent) => Math.Clamp(place < 0 ? place + extent : place, 0, extent);
    }

    /// <summary>[batch, tokens, heads, size] to [batch, heads * tokens, size].</summary>
    public static Tensor[] Permute(GoldenOperation g)
    {
        var (t, h, d) = (g["x"].Shape[1], g["x"].Shape[2], g["x"].Shape[3]);
        return [g.Compute.Arrange(g["x"], new Shape(g["x"].Shape[0], h, t, d), [t * h * d, d, h * d, 1])];
    }

    public static Tensor[] Dropout(GoldenOperation g)
    {
        var (x, mask, kept) = (g["x"], g.Integers("mask"), 1f / (1f - g.Real("p")));
        var factors = g.New(mask.Length);
        for (var i = 0; i < mask.Length; i++)
        {
            factors.AsSpan()[i] = mask[i] * kept;
        }

        return [g.Compute.Combine(x, Arithmetic.Multiply, factors.Reshape(x.Shape))];
    }

    public static Tensor[] Reuse(GoldenOperation g)
    {
        var x = g["x"];
        var mean = g.Compute.Reshape(g.Compute.Mean(x, -1), new Shape(x.Shape.Rows, 1));
        return [g.Compute.Combine(g.Compute.Combine(x, Arithmetic.Multiply, x), Arithmetic.Add, mean)];
    }
}
