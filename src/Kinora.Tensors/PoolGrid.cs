namespace Kinora.Tensors;

/// <summary>A grid over time and space and the cells that it is averaged to, see <see cref="TensorOperations.AdaptivePool(Tensor, ReadOnlySpan{PoolGrid})"/>.</summary>
/// <param name="Time">Places along time.</param>
/// <param name="Height">Places along the height.</param>
/// <param name="Width">Places along the width.</param>
/// <param name="TimeCells">Cells along time.</param>
/// <param name="HeightCells">Cells along the height.</param>
/// <param name="WidthCells">Cells along the width.</param>
/// <param name="Repeat">How often each stored entry of time counts, the last one maybe less often: a clip of few frames is drawn out so.</param>
public readonly record struct PoolGrid(int Time, int Height, int Width, int TimeCells, int HeightCells, int WidthCells, int Repeat = 1)
{
    /// <summary>Entries of time that are stored.</summary>
    public int StoredTime => (Time + Repeat - 1) / Repeat;

    /// <summary>Rows that are stored.</summary>
    public int Rows => checked(StoredTime * Height * Width);

    /// <summary>Rows that come out.</summary>
    public int Cells => checked(TimeCells * HeightCells * WidthCells);

    /// <summary>Whether there is a place and a cell along each axis.</summary>
    internal bool IsSound => Time > 0 && Height > 0 && Width > 0 && TimeCells > 0 && HeightCells > 0 && WidthCells > 0 && Repeat > 0;
}
