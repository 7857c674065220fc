namespace Kinora.Tensors;

/// <summary>Sizes of the storage formats.</summary>
public static class StorageFormats
{
    /// <summary>Values per block of a quantised format, as GGUF defines them.</summary>
    public const int BlockLength = 32;

    /// <summary>Bytes of one Q8_0 block.</summary>
    public const int Q8BlockBytes = 34;

    /// <summary>Bytes of one Q4_0 block.</summary>
    public const int Q4BlockBytes = 18;

    /// <summary>Rows that lie together in the formats of row groups.</summary>
    public const int GroupRows = 16;

    /// <summary>Whether the format stores blocks of rounded numbers with a common scale.</summary>
    public static bool IsQuantised(this StorageFormat format) => format is StorageFormat.Q8_0 or StorageFormat.Q8_0x16 or StorageFormat.Q4_0x16;

    /// <summary>Whether sixteen rows lie together, so that a single row is no stretch of bytes.</summary>
    public static bool IsGrouped(this StorageFormat format) => format is StorageFormat.Q8_0x16 or StorageFormat.Q4_0x16;

    /// <summary>Bytes of one row's block of a quantised format.</summary>
    internal static int BlockBytes(this StorageFormat format) => format == StorageFormat.Q4_0x16 ? Q4BlockBytes : Q8BlockBytes;

    /// <summary>The bytes that a row of <paramref name="length"/> values takes.</summary>
    /// <exception cref="ArgumentException">A quantised row whose length is no multiple of <see cref="BlockLength"/>.</exception>
    public static long RowBytes(this StorageFormat format, int length)
    {
        if (format.IsQuantised() && length % BlockLength != 0)
        {
            throw new ArgumentException($"A row of {length} values can't be stored as {format}: its length must be a multiple of {BlockLength}.", nameof(length));
        }

        return format switch
        {
            StorageFormat.F32 => 4L * length,
            StorageFormat.F16 or StorageFormat.BF16 => 2L * length,
            StorageFormat.Q8_0 or StorageFormat.Q8_0x16 or StorageFormat.Q4_0x16 => (long)length / BlockLength * format.BlockBytes(),
            _ => throw new ArgumentOutOfRangeException(nameof(format), format, "Unknown storage format."),
        };
    }

    /// <summary>The bytes that a tensor of this shape takes.</summary>
    /// <exception cref="OverflowException">More than 2^63 bytes.</exception>
    public static long Bytes(this StorageFormat format, Shape shape) => shape.Count == 0 ? 0 : checked(format.RowBytes(shape.Last) * format.RowsWithRoom(shape.Rows));

    /// <summary>The format's name as users write it: <c>f32</c>, <c>q4_0</c>. How rows lie is not part of it.</summary>
    public static string Name(this StorageFormat format) => format switch
    {
        StorageFormat.Q8_0x16 => "q8_0",
        StorageFormat.Q4_0x16 => "q4_0",
        _ => format.ToString().ToLowerInvariant(),
    };

    private static long RowsWithRoom(this StorageFormat format, int rows) => format.IsGrouped() ? ((long)rows + GroupRows - 1) / GroupRows * GroupRows : rows;
}
