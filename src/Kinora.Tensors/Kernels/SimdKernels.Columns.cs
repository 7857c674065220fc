using System.Runtime.CompilerServices;
using Kinora.Tensors.Kernels.Bytes;

namespace Kinora.Tensors.Kernels;

/// <content>Panels of a right side that lies depth by depth already: stretches of its rows, widened on the way.</content>
internal unsafe partial class SimdKernels<TSimd, TVector>
{
    /// <summary>Rows lie far apart; the processor does not foresee the next ones by itself.</summary>
    private const int RowsAhead = 8;

    public override void PackColumns(StorageFormat format, byte* source, long rowBytes, int depth, int columns, float* packed)
    {
        switch (format)
        {
            case StorageFormat.F32:
                ColumnsOf<Single>(source, (nint)rowBytes, depth, columns, packed);
                break;
            case StorageFormat.F16:
                ColumnsOf<Half>(source, (nint)rowBytes, depth, columns, packed);
                break;
            case StorageFormat.BF16:
                ColumnsOf<BFloat16>(source, (nint)rowBytes, depth, columns, packed);
                break;
            case StorageFormat.Q8_0:
                ColumnsOfBlocks(source, (nint)rowBytes, depth, columns, packed);
                break;
            case StorageFormat.Q8_0x16:
            case StorageFormat.Q4_0x16:
                ColumnsOfGroups(format, source, (nint)rowBytes, depth, columns, packed);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(format), format, "Unknown storage format.");
        }
    }

    [MethodImpl(Jit.Kernel)]
    private static void ColumnsOf<TFormat>(byte* source, nint rowBytes, int depth, int columns, float* packed)
        where TFormat : struct, IRowFormat
    {
        nint width = TSimd.Width;
        nint step = width * TFormat.ElementBytes;
        var panel = 2 * TSimd.Width;
        var whole = columns / panel;
        var rest = columns - (whole * panel);
        for (var k = 0; k < depth; k++, source += rowBytes, packed += panel)
        {
            var (from, to) = ((nint)source, (nint)packed);
            for (var i = 0; i < whole; i++)
            {
                TSimd.Prefetch((byte*)from + (RowsAhead * rowBytes));
                TSimd.Prefetch((byte*)from + (RowsAhead * rowBytes) + step);
                TSimd.Store(TFormat.Load((byte*)from), (float*)to);
                TSimd.Store(TFormat.Load((byte*)from + step), (float*)to + width);
                from += 2 * step;
                to += (nint)panel * depth * sizeof(float);
            }

            for (var i = 0; rest > 0 && i < panel; i++)
            {
                ((float*)to)[i] = i < rest ? TFormat.LoadOne((byte*)from + (i * TFormat.ElementBytes)) : 0f;
            }
        }
    }

    [MethodImpl(Jit.Kernel)]
    private static void ColumnsOfBlocks(byte* source, nint rowBytes, int depth, int columns, float* packed)
    {
        for (var k = 0; k < depth; k++, source += rowBytes)
        {
            var block = source;
            for (var column = 0; column < columns; column += StorageFormats.BlockLength, block += StorageFormats.Q8BlockBytes)
            {
                Spread((sbyte*)block + 2, *(ushort*)block, k, depth, column, packed);
            }
        }
    }

    /// <summary>A block of sixteen rows at a time: their bytes, four columns of each row in turn, are first put into rows.</summary>
    [MethodImpl(Jit.Kernel)]
    private static void ColumnsOfGroups(StorageFormat format, byte* source, nint rowBytes, int depth, int columns, float* packed)
    {
        const int Quads = StorageFormats.BlockLength / 4;
        var plain = stackalloc uint[RowGroups.Rows * Quads];
        for (var first = 0; first < depth; first += RowGroups.Rows, source += RowGroups.Rows * rowBytes)
        {
            var block = source;
            var rows = Math.Min(RowGroups.Rows, depth - first);
            for (var column = 0; column < columns; column += StorageFormats.BlockLength, block += RowGroups.BlockBytes(format))
            {
                var stored = (uint*)(block + RowGroups.ScaleBytes);
                if (format == StorageFormat.Q8_0x16)
                {
                    SignedFromEight(stored, plain);
                }
                else
                {
                    SignedFromFour(stored, plain);
                }

                for (var row = 0; row < rows; row++)
                {
                    Spread((sbyte*)(plain + (row * Quads)), ((ushort*)block)[row], first + row, depth, column, packed);
                }
            }
        }
    }

    /// <summary>Bytes are 128 more than the numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SignedFromEight(uint* stored, uint* plain)
    {
        const int Quads = StorageFormats.BlockLength / 4;
        for (var quad = 0; quad < Quads; quad++)
        {
            for (var row = 0; row < RowGroups.Rows; row++)
            {
                plain[(row * Quads) + quad] = stored[(quad * RowGroups.Rows) + row] ^ 0x80808080;
            }
        }
    }

    /// <summary>Halves of bytes are 8 more than the numbers: eight is taken off each byte alone, where the bit that keeps bytes apart is set first and its carry undone.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SignedFromFour(uint* stored, uint* plain)
    {
        const int Quads = StorageFormats.BlockLength / 4;
        for (var quad = 0; quad < Quads / 2; quad++)
        {
            for (var row = 0; row < RowGroups.Rows; row++)
            {
                var both = stored[(quad * RowGroups.Rows) + row];
                plain[(row * Quads) + quad] = (((both & 0x0F0F0F0F) | 0x80808080) - 0x08080808) ^ 0x80808080;
                plain[(row * Quads) + (Quads / 2) + quad] = ((((both >> 4) & 0x0F0F0F0F) | 0x80808080) - 0x08080808) ^ 0x80808080;
            }
        }
    }

    /// <summary>A block of one row, times its scale, into the panels that its columns belong to: a register never reaches beyond one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Spread(sbyte* numbers, ushort scaleBits, int k, int depth, int column, float* packed)
    {
        var panel = 2 * TSimd.Width;
        var scale = TSimd.Broadcast(HalfBits.ToSingle(scaleBits));
        for (var i = 0; i < StorageFormats.BlockLength; i += TSimd.Width)
        {
            var place = column + i;
            var to = packed + ((long)(place / panel * panel) * depth) + ((long)k * panel) + (place % panel);
            TSimd.Store(TSimd.Multiply(TSimd.LoadSignedBytes(numbers + i), scale), to);
        }
    }
}
