using Kinora.Tensors;

namespace Kinora.Training.Verification;

/// <summary>Golden operations on pictures and their grids.</summary>
internal static class PictureOperations
{
    public static Tensor[] PatchEmbed(GoldenOperation g, Tensor? bias) => [g.Compute.Linear(g.Compute.Patches(g["x"], g.Whole("patch")), Flat(g), bias)];

    /// <summary>The weight of a patch convolution as a matrix.</summary>
    public static Tensor Flat(GoldenOperation g)
    {
        var shape = g["weight"].Shape;
        return g.Compute.Reshape(g["weight"], new Shape(shape[0], (int)(shape.Count / shape[0])));
    }

    /// <summary>Theirs has the channels first, ours last.</summary>
    public static Tensor[] AdaptivePool(GoldenOperation g)
    {
        var (x, output) = (g["x"].Shape, g.Wholes("output"));
        var (channels, places, cells) = (x[1], x[2] * x[3] * x[4], output[0] * output[1] * output[2]);
        var pooled = new Tensor[x[0]];
        for (var batch = 0; batch < pooled.Length; batch++)
        {
            var last = g.Compute.Arrange(g["x"], new Shape(x[2], x[3], x[4], channels), [x[3] * x[4], x[4], 1, places], batch * channels * places);
            var cell = g.Compute.AdaptivePool(last, output[0], output[1], output[2]);
            pooled[batch] = g.Compute.Arrange(cell, new Shape(1, channels, cells), [0, 1, channels]);
        }

        return [g.Compute.Concatenate(0, pooled)];
    }

    /// <summary>As Tarsier puts them: separators are rows of a table, used for every row and picture.</summary>
    public static Tensor[] GridSeparators(GoldenOperation g)
    {
        var (grid, side) = (g["grid"], g.Whole("side"));
        var width = grid.Shape.Last;
        var table = g.Compute.Concatenate(0, g.Compute.Reshape(g["newline"], new Shape(1, width)), g.Compute.Reshape(g["new"], new Shape(1, width)));
        var plan = new List<int>();
        for (var patch = 0; patch < grid.Shape.Rows; patch++)
        {
            plan.Add(~patch);
            if (patch % side == side - 1)
            {
                plan.Add(0);
            }

            if (patch % (side * side) == (side * side) - 1)
            {
                plan.Add(1);
            }
        }

        return [g.Compute.Place([.. plan], table, grid)];
    }
}
