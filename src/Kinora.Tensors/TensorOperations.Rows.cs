using Kinora.Tensors.Autograd;
using Kinora.Tensors.Operations;

namespace Kinora.Tensors;

/// <content>Operations that put rows together: embeddings, pictures in a text, class tokens.</content>
public sealed unsafe partial class TensorOperations
{
    /// <summary>In a plan of <see cref="Place"/>: a row of zeros.</summary>
    public const int ZeroRow = int.MinValue;

    /// <summary>The rows of <paramref name="table"/> with these numbers, widened: [ids, width].</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number that the table hasn't.</exception>
    public Tensor Embed(ReadOnlySpan<int> ids, Tensor table) => Place(ids, table);

    /// <summary>Room for whole numbers in the workspace, for a plan; lives until the innermost frame ends.</summary>
    public Span<int> Indices(int count) => IsDry ? new int[count] : new Span<int>(Take(new Shape(count)).Pointer, count);

    /// <summary>
    /// Puts rows of a table and rows of other results together as a plan says: token embeddings with the features of pictures between
    /// them, patches with separators. Rows may be used any number of times; their gradients add up.
    /// </summary>
    /// <param name="plan">For each row of the result: i for row i of the table, ~i for row i of <paramref name="rows"/>, or <see cref="ZeroRow"/>.</param>
    /// <param name="table">[entries, width] in any storage format; F32 if it learns.</param>
    /// <param name="rows">[..., width] F32, or null.</param>
    /// <param name="into">Where the result goes; by default a new tensor.</param>
    /// <returns>[plan, width].</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number that the table or the rows haven't.</exception>
    public Tensor Place(ReadOnlySpan<int> plan, Tensor table, Tensor? rows = null, Tensor? into = null)
    {
        var width = table.Shape.Last;
        var y = into ?? New(plan.Length, width);
        Require(y.Shape.Rows == plan.Length && y.Shape.Last == width && (rows is null || rows.Shape.Last == width), y, table, "rows must be of one length, one for each entry of the plan");
        var others = rows?.Shape.Rows ?? 0;
        foreach (var entry in plan)
        {
            if (entry >= 0 ? entry >= table.Shape.Rows : entry != ZeroRow && ~entry >= others)
            {
                throw new ArgumentOutOfRangeException(nameof(plan), entry >= 0
                    ? $"Token id {entry} is outside the embedding table, which has {table.Shape.Rows} rows."
                    : $"Row {~entry} is outside the rows to be placed, of which there are {others}.");
            }
        }

        if (dry is not null)
        {
            dry.Rows(y.Shape.Count);
            return y;
        }

        fixed (int* numbers = plan)
        {
            var work = new PlaceRows { Plan = numbers, Count = plan.Length, Table = table.Pointer, Format = table.Format, Rows = rows is null ? null : rows.Floats, Y = y.Floats, Width = width, KernelIndex = kernels.Index };
            pool.Run(work.Chunks, ref work);
        }

        KeepAlive(table, rows, y);
        if (rows is null ? Records(table) : Records(table, rows))
        {
            var kept = Take(new Shape(plan.Length));
            plan.CopyTo(new Span<int>(kept.Pointer, plan.Length));
            Note(new() { Back = &PlaceBack, Output = y, A = table, B = rows, Saved = kept });
        }

        return y;
    }

    /// <summary>Puts one row in front of each group of rows: a class token before the patches of each picture.</summary>
    /// <param name="x">[groups * count, width].</param>
    /// <param name="row">[width].</param>
    /// <param name="groups">How many groups there are.</param>
    /// <returns>[groups * (count + 1), width].</returns>
    public Tensor Prepend(Tensor x, Tensor row, int groups)
    {
        Require(row.Shape.Count == x.Shape.Last && x.Shape.Rows % groups == 0, x, row, "the groups must be equal, and the row as long as theirs");
        var count = x.Shape.Rows / groups;
        var y = New(groups * (count + 1), x.Shape.Last);
        MoveBlocks(x, count, 0, y, count + 1, 1, count, groups, accumulate: false);
        for (var group = 0; group < groups && dry is null; group++)
        {
            new ReadOnlySpan<float>(row.Floats, x.Shape.Last).CopyTo(y.Row(group * (count + 1)));
        }

        KeepAlive(row);
        if (Records(x, row))
        {
            Note(new() { Back = &PrependBack, Output = y, A = x, B = row, Second = groups });
        }

        return y;
    }

    /// <summary>Leaves the first row of each group of rows out: the patches without their class token.</summary>
    /// <param name="x">[groups * (count + 1), width].</param>
    /// <param name="groups">How many groups there are.</param>
    /// <param name="into">Where the result goes; by default a new tensor.</param>
    /// <returns>[groups * count, width].</returns>
    public Tensor DropFirst(Tensor x, int groups, Tensor? into = null)
    {
        var count = (x.Shape.Rows / groups) - 1;
        var y = into ?? New(groups * count, x.Shape.Last);
        Require(x.Shape.Rows == groups * (count + 1) && y.Shape.Rows == groups * count && y.Shape.Last == x.Shape.Last, x, y, "the groups must be equal, with one row less each in the result");
        MoveBlocks(x, count + 1, 1, y, count, 0, count, groups, accumulate: false);
        if (Records(x))
        {
            Note(new() { Back = &DropFirstBack, Output = y, A = x, Second = groups });
        }

        return y;
    }

    private static void PlaceBack(TensorOperations operations, in TapeEntry entry)
    {
        var (table, rows, y) = (entry.A!, entry.B, entry.Output.Gradient!);
        var toTable = table.Learns ? operations.ZeroedGradientOf(table) : null;
        var toRows = rows is { Learns: true } ? operations.ZeroedGradientOf(rows) : null;
        var work = new PlaceRowsGradient
        {
            Plan = (int*)entry.Saved!.Pointer,
            Count = y.Shape.Rows,
            Dy = y.Floats,
            Width = y.Shape.Last,
            Table = toTable is null ? null : toTable.Floats,
            Rows = toRows is null ? null : toRows.Floats,
            KernelIndex = operations.kernels.Index,
        };
        operations.pool.Run(work.Chunks, ref work);
        KeepAlive(y, toTable, toRows);
        KeepAlive(entry.Saved);
    }

    private static void PrependBack(TensorOperations operations, in TapeEntry entry)
    {
        var (x, row, y, groups) = (entry.A!, entry.B!, entry.Output.Gradient!, entry.Second);
        var count = y.Shape.Rows / groups;
        if (x.Learns)
        {
            var gradient = operations.GradientOf(x, out var accumulate);
            operations.MoveBlocks(y, count, 1, gradient, count - 1, 0, count - 1, groups, accumulate);
        }

        if (row.Learns)
        {
            var gradient = operations.ZeroedGradientOf(row).Floats;
            for (var group = 0; group < groups; group++)
            {
                operations.kernels.Add(gradient, y.Floats + ((long)group * count * y.Shape.Last), gradient, y.Shape.Last);
            }
        }

        KeepAlive(row, y);
    }

    private static void DropFirstBack(TensorOperations operations, in TapeEntry entry)
    {
        var (x, y, groups) = (entry.A!, entry.Output.Gradient!, entry.Second);
        var count = y.Shape.Rows / groups;
        operations.MoveBlocks(y, count, 0, operations.ZeroedGradientOf(x), count + 1, 1, count, groups, accumulate: true);
    }

    /// <summary>Copies or adds blocks of rows: of each group, <paramref name="count"/> rows from one place to another.</summary>
    private void MoveBlocks(Tensor from, int fromGroup, int fromFirst, Tensor to, int toGroup, int toFirst, int count, int groups, bool accumulate)
    {
        if (dry is not null)
        {
            dry.Rows((long)count * groups * from.Shape.Last);
            return;
        }

        var width = (long)from.Shape.Last;
        for (var group = 0; group < groups; group++)
        {
            var source = from.Floats + ((((long)group * fromGroup) + fromFirst) * width);
            var target = to.Floats + ((((long)group * toGroup) + toFirst) * width);
            RowWork.Run(pool, new()
            {
                Operation = accumulate ? RowWork.Kind.Add : RowWork.Kind.Copy,
                X = accumulate ? target : source,
                Weight = source,
                Y = target,
                Rows = count,
                Length = from.Shape.Last,
                KernelIndex = kernels.Index,
            });
        }

        KeepAlive(from, to);
    }
}
