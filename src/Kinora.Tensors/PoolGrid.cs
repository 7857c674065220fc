namespace Kinora.Tensors;

/// <summary>A grid over time and space and the cells that it is averaged to, see <see cref="TensorOperations.AdaptivePool(Tensor, ReadOnlySpan{PoolGrid})"/>.</summary>
/// <param name="Time">Places along time.</param>
/// <param name="Height">Places along the height.</param>
/// <param name="Width">Places along the width.</param>
/// <param name="TimeCells">Cells along time.</param>
/// <param name="HeightCells">Cells along the height.</param>
/// <param name="WidthCells">Cells along the width.</param>
/// <param name="Stored">Entries of time that are stored, evenly drawn out to all places along time if they are fewer: place t is entry floor(t * Stored / Time). 0: as many as there are places.</param>
public readonly record struct PoolGrid(int Time, int Height, int Width, int TimeCells, int HeightCells, int WidthCells, int Stored = 0)
{
    /// <summary>Rows that are stored.</summary>
    public int Rows => checked(Entries * Height * Width);

    /// <summary>Rows that come out.</summary>
    public int Cells => checked(TimeCells * HeightCells * WidthCells);

    internal int Entries => Stored > 0 ? Stored : Time;

    /// <summary>Whether there is a place and a cell along each axis, and no entry of time without a place.</summary>
    internal bool IsSound => Time > 0 && Height > 0 && Width > 0 && TimeCells > 0 && HeightCells > 0 && WidthCells > 0 && Stored >= 0 && Stored <= Time;

    /// <summary>The entry of time at a place.</summary>
    internal int EntryAt(int time) => (int)((long)time * Entries / Time);

    /// <summary>The first place along time of an entry.</summary>
    internal int FirstOf(int entry) => (int)((((long)entry * Time) + Entries - 1) / Entries);
}
