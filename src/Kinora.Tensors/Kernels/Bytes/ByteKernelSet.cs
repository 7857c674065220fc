namespace Kinora.Tensors.Kernels.Bytes;

/// <summary>Products of weights in groups of rows with activations that are rounded to bytes, by blocks of 32 columns.</summary>
internal abstract unsafe class ByteKernelSet
{
    /// <summary>Rows of x that a tile multiplies at once.</summary>
    public const int TileRows = 4;

    /// <summary>Bytes that a block of one row takes, rounded: 32 bytes, a float scale and the sum of the bytes.</summary>
    public const int RowBlockBytes = StorageFormats.BlockLength + 8;

    /// <summary>
    /// Rounds rows to bytes, block by block, with the largest magnitude at 127. Layout per block: for every four columns the four
    /// bytes of each row, then each row's scale, then each row's sum.
    /// </summary>
    /// <param name="x">The first row.</param>
    /// <param name="stride">From one row to the next.</param>
    /// <param name="rows">Rows that are there; those missing up to <paramref name="panel"/> become zeros.</param>
    /// <param name="blocks">Blocks of 32 columns.</param>
    /// <param name="panel">1 or <see cref="TileRows"/>.</param>
    /// <param name="packed">Room for panel * blocks * <see cref="RowBlockBytes"/> bytes.</param>
    public abstract void RoundRows(float* x, nint stride, int rows, int blocks, int panel, byte* packed);

    /// <summary>y[16] = a group of weight rows times one rounded row.</summary>
    public abstract void Row(StorageFormat format, byte* group, byte* x, int blocks, float* y);

    /// <summary>The scales of a group, [blocks, 16], widened once for all rows of x.</summary>
    public abstract void WidenScales(StorageFormat format, byte* group, int blocks, float* scales);

    /// <summary>y[4, 16] = a group of weight rows times four rounded rows.</summary>
    /// <param name="format">Q8_0x16 or Q4_0x16.</param>
    /// <param name="group">The weights.</param>
    /// <param name="scales">Their scales, from <see cref="WidenScales"/>.</param>
    /// <param name="x">Four rows, from <see cref="RoundRows"/>.</param>
    /// <param name="blocks">Blocks of 32 columns.</param>
    /// <param name="y">The first result.</param>
    /// <param name="stride">From one row of y to the next.</param>
    public abstract void Tile(StorageFormat format, byte* group, float* scales, byte* x, int blocks, float* y, nint stride);
}
