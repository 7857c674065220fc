using Kinora.Tensors;

namespace Kinora.Models.Adapters;

/// <summary>What LoRA (Hu et al. 2021) adds to a linear layer: scale * (x A^T) B^T, with A and B of low rank. The layer's own weight stays as it is, so the strength can be chosen at run time.</summary>
public sealed class LowRankUpdate
{
    /// <summary>Puts an update together.</summary>
    /// <param name="down">A: [rank, inputs], in any storage format.</param>
    /// <param name="up">B: [outputs, rank], in any storage format.</param>
    /// <exception cref="ArgumentException">The ranks differ.</exception>
    public LowRankUpdate(Tensor down, Tensor up)
    {
        if (down.Shape.Rows != up.Shape.Last)
        {
            throw new ArgumentException($"A of shape {down.Shape} and B of shape {up.Shape} have different ranks.", nameof(up));
        }

        (Down, Up) = (down, up);
    }

    /// <summary>A: [rank, inputs].</summary>
    public Tensor Down { get; }

    /// <summary>B: [outputs, rank].</summary>
    public Tensor Up { get; }

    /// <summary>The factor: alpha / rank times the strength that the user chose. 0 is off.</summary>
    public float Scale { get; set; } = 1f;

    /// <summary>Share of the inputs that are left out while training.</summary>
    public float Dropout { get; init; }

    /// <summary>Whether the update is for rows of pictures only (partial LoRA, Dong et al., InternLM-XComposer2, 2024).</summary>
    public bool PicturesOnly { get; init; }

    /// <summary>y plus what the update makes of x; y may be changed.</summary>
    internal Tensor AddTo(TensorOperations operations, Tensor y, Tensor x, IReadOnlyList<RowSpan>? pictures)
    {
        if (Scale == 0)
        {
            return y;
        }

        if (PicturesOnly)
        {
            return AddToPictures(operations, y, x, pictures);
        }

        var narrow = operations.Scale(operations.Linear(operations.Dropout(x, Dropout), Down), Scale);
        return operations.AddLinear(y, narrow, Up);
    }

    /// <summary>The rows of pictures are gathered, updated, and put between rows of zeros.</summary>
    private Tensor AddToPictures(TensorOperations operations, Tensor y, Tensor x, IReadOnlyList<RowSpan>? pictures)
    {
        var count = 0;
        for (var i = 0; i < (pictures?.Count ?? 0); i++)
        {
            count += pictures![i].Count;
        }

        if (count == 0)
        {
            return y;
        }

        var rows = operations.Indices(count);
        var plan = operations.Indices(x.Shape.Rows);
        plan.Fill(TensorOperations.ZeroRow);
        var place = 0;
        for (var i = 0; i < pictures!.Count; i++)
        {
            for (var row = pictures[i].First; row < pictures[i].First + pictures[i].Count; row++)
            {
                (rows[place], plan[row]) = (row, ~place);
                place++;
            }
        }

        var narrow = operations.Scale(operations.Linear(operations.Dropout(operations.Embed(rows, x), Dropout), Down), Scale);
        var update = operations.Linear(narrow, Up);
        return operations.Add(y, operations.Place(plan, update, update));
    }
}
