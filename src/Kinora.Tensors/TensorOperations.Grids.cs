using Kinora.Tensors.Autograd;
using Kinora.Tensors.Operations;

namespace Kinora.Tensors;

/// <content>Grids: patches of pictures, pooling over time and space, learned positions at another resolution.</content>
public sealed unsafe partial class TensorOperations
{
    /// <summary>Cuts pictures into square patches: the rows that a patch convolution multiplies.</summary>
    /// <param name="pixels">[frames, channels, height, width].</param>
    /// <param name="patchSize">Side of a patch. What is left at the right and at the bottom belongs to no patch, as in a strided convolution.</param>
    /// <returns>[frames * patches, channels * patchSize * patchSize], patches row by row, values channel by channel.</returns>
    public Tensor Patches(Tensor pixels, int patchSize)
    {
        var (frames, channels, height, width) = (pixels.Shape[0], pixels.Shape[1], pixels.Shape[2], pixels.Shape[3]);
        if (patchSize < 1 || height < patchSize || width < patchSize)
        {
            throw new ArgumentException($"Pictures of {width}x{height} can't be cut into patches of {patchSize}.", nameof(pixels));
        }

        var (rows, columns) = (height / patchSize, width / patchSize);
        var y = New(frames * rows * columns, channels * patchSize * patchSize);
        if (dry is not null)
        {
            dry.Rows(y.Shape.Count);
            return y;
        }

        var target = y.Floats;
        for (var patch = 0; patch < frames * rows * columns; patch++)
        {
            var (frame, row, column) = (patch / (rows * columns), patch / columns % rows, patch % columns);
            for (var channel = 0; channel < channels; channel++)
            {
                for (var line = 0; line < patchSize; line++)
                {
                    var source = pixels.Floats + (((((long)frame * channels) + channel) * height) + (row * patchSize) + line) * width + (column * patchSize);
                    new ReadOnlySpan<float>(source, patchSize).CopyTo(new Span<float>(target, patchSize));
                    target += patchSize;
                }
            }
        }

        KeepAlive(pixels);
        if (Records(pixels))
        {
            Note(new() { Back = &PatchesBack, Output = y, A = pixels, Second = patchSize });
        }

        return y;
    }

    /// <summary>Averages over cells of a grid: cell k of n takes places floor(k I / n) to ceil((k + 1) I / n) of I, so cells may overlap, and there may be more of them than places.</summary>
    /// <param name="x">[time, height, width, channels].</param>
    /// <param name="time">Cells along time.</param>
    /// <param name="height">Cells along the height.</param>
    /// <param name="width">Cells along the width.</param>
    /// <returns>[time, height, width, channels].</returns>
    public Tensor AdaptivePool(Tensor x, int time, int height, int width) => Pool(x, New(time, height, width, x.Shape.Last), [new(x.Shape[0], x.Shape[1], x.Shape[2], time, height, width)]);

    /// <summary>The same for several grids one behind the other.</summary>
    /// <param name="x">[rows of all grids, channels]; of each, column by column, row by row, entry by entry of time.</param>
    /// <param name="grids">The grids.</param>
    /// <returns>[cells of all grids, channels].</returns>
    /// <exception cref="ArgumentException">The grids don't make up the rows.</exception>
    public Tensor AdaptivePool(Tensor x, ReadOnlySpan<PoolGrid> grids)
    {
        var cells = 0;
        foreach (var grid in grids)
        {
            cells = checked(cells + grid.Cells);
        }

        return Pool(x, New(cells, x.Shape.Last), grids);
    }

    /// <summary>
    /// Learned positions of a square grid for a grid of another side: bicubic with a = -0.75, pixel centres at halves, edges clamped,
    /// no antialiasing, as torch's <c>interpolate</c> has it. Row 0, the class token's, stays.
    /// </summary>
    /// <param name="table">[1 + grid^2, width].</param>
    /// <param name="target">Side of the new grid.</param>
    /// <returns>[1 + target^2, width].</returns>
    public Tensor ResizePositions(Tensor table, int target)
    {
        var grid = (int)Math.Round(Math.Sqrt(table.Shape.Rows - 1));
        Require(grid > 0 && (grid * grid) + 1 == table.Shape.Rows, table, table, "positions must be those of a square grid behind one more row");
        var y = New(1 + (target * target), table.Shape.Last);
        new Span<byte>(y.Pointer, checked((int)y.Bytes)).Clear();
        Resize(table, y, grid, target, back: false);
        if (Records(table))
        {
            Note(new() { Back = &ResizePositionsBack, Output = y, A = table, Second = grid, Third = target });
        }

        return y;
    }

    private static void PatchesBack(TensorOperations operations, in TapeEntry entry)
    {
        var (pixels, patchSize) = (entry.A!, entry.Second);
        var gradient = operations.ZeroedGradientOf(pixels).Floats;
        var source = entry.Output.Gradient!.Floats;
        var (frames, channels, height, width) = (pixels.Shape[0], pixels.Shape[1], pixels.Shape[2], pixels.Shape[3]);
        var (rows, columns) = (height / patchSize, width / patchSize);
        for (var patch = 0; patch < frames * rows * columns; patch++)
        {
            var (frame, row, column) = (patch / (rows * columns), patch / columns % rows, patch % columns);
            for (var channel = 0; channel < channels; channel++)
            {
                for (var line = 0; line < patchSize; line++)
                {
                    var target = gradient + (((((((long)frame * channels) + channel) * height) + (row * patchSize) + line) * width) + (column * patchSize));
                    operations.kernels.Add(target, source, target, patchSize);
                    source += patchSize;
                }
            }
        }

        KeepAlive(pixels, entry.Output);
    }

    private static void AdaptivePoolBack(TensorOperations operations, in TapeEntry entry)
    {
        var grids = new ReadOnlySpan<PoolGrid>(entry.Saved!.Pointer, entry.Second);
        operations.PoolAll(operations.ZeroedGradientOf(entry.A!), entry.Output.Gradient!, grids, back: true);
        KeepAlive(entry.Saved);
    }

    private static void ResizePositionsBack(TensorOperations operations, in TapeEntry entry)
        => operations.Resize(operations.ZeroedGradientOf(entry.A!), entry.Output.Gradient!, entry.Second, entry.Third, back: true);

    /// <summary>The four weights of Keys' cubic (1981) with a = -0.75 around a point, from the place before the one left of it on.</summary>
    private static int Cubic(int i, int places, int cells, Span<float> weights)
    {
        const double A = -0.75;
        var at = ((i + 0.5) * places / cells) - 0.5;
        var first = (int)Math.Floor(at);
        for (var tap = 0; tap < 4; tap++)
        {
            var d = Math.Abs(at - first + 1 - tap);
            weights[tap] = (float)(d <= 1 ? (((A + 2) * d) - (A + 3)) * d * d + 1 : (((((d - 5) * d) + 8) * d) - 4) * A);
        }

        return first - 1;
    }

    private Tensor Pool(Tensor x, Tensor y, ReadOnlySpan<PoolGrid> grids)
    {
        var rows = 0L;
        foreach (var grid in grids)
        {
            rows += grid.IsSound ? grid.Rows : throw new ArgumentException($"Pooling needs a place and a cell along each axis, and a place for each stored entry of time; there is a {grid}.", nameof(grids));
        }

        if (rows != x.Shape.Rows)
        {
            throw new ArgumentException($"A tensor of shape {x.Shape} can't be pooled as grids of {rows} rows in all.", nameof(x));
        }

        if (dry is not null)
        {
            dry.Rows(x.Shape.Count);
            return y;
        }

        PoolAll(x, y, grids, back: false);
        if (Records(x))
        {
            var kept = Take(new Shape(grids.Length * sizeof(PoolGrid) / sizeof(float)));
            grids.CopyTo(new Span<PoolGrid>(kept.Pointer, grids.Length));
            Note(new() { Back = &AdaptivePoolBack, Output = y, A = x, Saved = kept, Second = grids.Length });
        }

        return y;
    }

    private void PoolAll(Tensor x, Tensor y, ReadOnlySpan<PoolGrid> grids, bool back)
    {
        var from = x.Floats;
        var to = y.Floats;
        foreach (var grid in grids)
        {
            PoolCells.Run(pool, new() { Grid = grid, X = from, Y = to, Channels = x.Shape.Last, Back = back, KernelIndex = kernels.Index });
            from += (long)grid.Rows * x.Shape.Last;
            to += (long)grid.Cells * x.Shape.Last;
        }

        KeepAlive(x, y);
    }

    /// <summary>y += the resized table, or back: table += what y's rows give.</summary>
    private void Resize(Tensor table, Tensor y, int grid, int target, bool back)
    {
        var width = table.Shape.Last;
        Span<float> rowWeights = stackalloc float[4];
        Span<float> columnWeights = stackalloc float[4];
        Add(0, 0, 1f);
        for (var cell = 0; cell < target * target; cell++)
        {
            var (firstRow, firstColumn) = (Cubic(cell / target, grid, target, rowWeights), Cubic(cell % target, grid, target, columnWeights));
            for (var tap = 0; tap < 16; tap++)
            {
                var (row, column) = (Math.Clamp(firstRow + (tap / 4), 0, grid - 1), Math.Clamp(firstColumn + (tap % 4), 0, grid - 1));
                Add(1 + (row * grid) + column, 1 + cell, rowWeights[tap / 4] * columnWeights[tap % 4]);
            }
        }

        KeepAlive(table, y);

        void Add(int from, int to, float weight)
        {
            var here = table.Floats + ((long)from * width);
            var there = y.Floats + ((long)to * width);
            kernels.AddScaled(back ? there : here, weight, back ? here : there, width);
        }
    }
}
