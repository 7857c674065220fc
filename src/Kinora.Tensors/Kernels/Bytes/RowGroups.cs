namespace Kinora.Tensors.Kernels.Bytes;

/// <summary>
/// The layout of Q8_0x16 and Q4_0x16. Sixteen rows lie together, block by block of 32 columns: first the sixteen binary16 scales,
/// then for every four columns the four bytes of row 0, of row 1 and so on (8-bit numbers plus 128), or for 4-bit numbers bytes
/// whose lower halves belong to columns 0 to 15 and whose upper halves to columns 16 to 31. A register thus holds many rows and
/// needs no sum across it, and a matrix is read from front to back. Rows that are missing in the last group are zeros.
/// </summary>
internal static unsafe class RowGroups
{
    /// <summary>Rows of a group.</summary>
    public const int Rows = StorageFormats.GroupRows;

    /// <summary>Bytes of the scales of a block.</summary>
    public const int ScaleBytes = 2 * Rows;

    private const int Columns = StorageFormats.BlockLength;

    /// <summary>Bytes of one block of all rows of a group.</summary>
    public static int BlockBytes(StorageFormat format) => Rows * format.BlockBytes();

    /// <summary>Puts rows in GGUF's layout together.</summary>
    /// <param name="format">Q8_0x16 or Q4_0x16.</param>
    /// <param name="rows">Rows in GGUF's layout, one after the other, as many as <paramref name="count"/>.</param>
    /// <param name="count">Rows that are there, up to 16.</param>
    /// <param name="length">Values per row.</param>
    /// <param name="group">Where the group goes.</param>
    public static void Interleave(StorageFormat format, byte* rows, int count, int length, byte* group)
    {
        var blocks = length / Columns;
        var (plain, together) = (format.BlockBytes(), BlockBytes(format));
        var bytes = plain - 2;
        var empty = format == StorageFormat.Q8_0x16 ? 0x80 : 0x88;
        for (var block = 0; block < blocks; block++, group += together)
        {
            for (var row = 0; row < Rows; row++)
            {
                var source = rows + ((((long)row * blocks) + block) * plain);
                ((ushort*)group)[row] = row < count ? *(ushort*)source : (ushort)0;
                for (var i = 0; i < bytes; i++)
                {
                    var value = row < count ? source[2 + i] : (byte)0;
                    group[Place(row, i)] = row >= count ? (byte)empty : format == StorageFormat.Q8_0x16 ? (byte)(value ^ 0x80) : value;
                }
            }
        }
    }

    /// <summary>One row of a matrix as floats.</summary>
    public static void Widen(StorageFormat format, byte* matrix, int row, int length, float* destination)
    {
        var block = matrix + (format.RowBytes(length) * (row / Rows * Rows));
        row %= Rows;
        for (var column = 0; column < length; column += Columns, block += BlockBytes(format))
        {
            var scale = HalfBits.ToSingle(((ushort*)block)[row]);
            for (var i = 0; i < Columns; i++)
            {
                destination[column + i] = scale * (format == StorageFormat.Q8_0x16
                    ? block[Place(row, i)] - 128
                    : ((block[Place(row, i % 16)] >> (i < 16 ? 0 : 4)) & 15) - 8);
            }
        }
    }

    private static int Place(int row, int i) => ScaleBytes + (i / 4 * 4 * Rows) + (4 * row) + (i % 4);
}
