using System.Runtime.InteropServices;
using Kinora.Tensors.Kernels;
using Kinora.Tensors.Kernels.Bytes;

namespace Kinora.Tensors;

/// <summary>Rounds float32 values into the storage formats.</summary>
public static unsafe class StorageConversion
{
    /// <summary>A copy of a tensor in another format; F32 widens exactly. Rows are rounded on all processors.</summary>
    /// <exception cref="ArgumentException">The rows don't divide into blocks of the format.</exception>
    public static Tensor Convert(Tensor source, StorageFormat format)
    {
        var target = Tensor.Allocate(source.Shape, format, zeroed: false);
        var (rows, length) = (source.Shape.Rows, source.Shape.Last);
        var (from, to) = ((nint)source.Pointer, (nint)target.Pointer);
        var (toBytes, sourceFormat) = (format.RowBytes(length), source.Format);
        var together = format.IsGrouped() ? StorageFormats.GroupRows : 1;
        Parallel.For(0, (rows + together - 1) / together, () => (Wide: new float[length], Plain: new byte[format.IsGrouped() ? together * toBytes : 0]), (group, _, scratch) =>
        {
            fixed (float* wide = scratch.Wide)
            fixed (byte* plain = scratch.Plain)
            {
                var first = group * together;
                var count = Math.Min(together, rows - first);
                var place = (byte*)to + (first * toBytes);
                for (var row = 0; row < count; row++)
                {
                    Widen(KernelSet.Best, sourceFormat, (byte*)from, first + row, length, wide);
                    Row(scratch.Wide, format, (format.IsGrouped() ? plain : place) + (row * toBytes));
                }

                if (format.IsGrouped())
                {
                    RowGroups.Interleave(format, plain, count, length, place);
                }
            }

            return scratch;
        }, _ => { });
        GC.KeepAlive(source);
        return target;
    }

    /// <summary>Puts a tensor's numbers as floats into an F32 tensor of as many, exactly.</summary>
    /// <exception cref="ArgumentException">Another number of values, or a target that isn't F32.</exception>
    public static void Widen(Tensor source, Tensor target)
    {
        if (source.Shape.Count != target.Shape.Count || target.Format != StorageFormat.F32)
        {
            throw new ArgumentException($"A tensor of shape {source.Shape} can't be widened into one of shape {target.Shape} stored as {target.Format}.", nameof(target));
        }

        var (length, to) = (source.Shape.Last, (nint)target.Floats);
        Parallel.For(0, source.Shape.Rows, row => Widen(KernelSet.Best, source.Format, source.Pointer, row, length, (float*)to + ((long)row * length)));
        GC.KeepAlive(source);
        GC.KeepAlive(target);
    }

    /// <summary>One row of a matrix as floats.</summary>
    internal static void Widen(KernelSet kernels, StorageFormat format, byte* matrix, int row, int length, float* destination)
    {
        if (format.IsGrouped())
        {
            RowGroups.Widen(format, matrix, row, length, destination);
        }
        else
        {
            kernels.Widen(format, matrix + (row * format.RowBytes(length)), destination, length);
        }
    }

    /// <summary>Rounds one row; the formats of row groups give a row of GGUF's.</summary>
    /// <param name="values">The values; for quantised formats a multiple of the block length.</param>
    /// <param name="format">The format to write.</param>
    /// <param name="destination">Room for the row's bytes.</param>
    public static void Row(ReadOnlySpan<float> values, StorageFormat format, byte* destination)
    {
        switch (format)
        {
            case StorageFormat.F32:
                values.CopyTo(new Span<float>(destination, values.Length));
                break;
            case StorageFormat.F16:
                var halves = new Span<System.Half>(destination, values.Length);
                for (var i = 0; i < values.Length; i++)
                {
                    halves[i] = (System.Half)values[i];
                }

                break;
            case StorageFormat.BF16:
                var words = new Span<ushort>(destination, values.Length);
                for (var i = 0; i < values.Length; i++)
                {
                    words[i] = ToBFloat16(values[i]);
                }

                break;
            case StorageFormat.Q8_0 or StorageFormat.Q8_0x16:
                for (; values.Length >= StorageFormats.BlockLength; values = values[StorageFormats.BlockLength..], destination += StorageFormats.Q8BlockBytes)
                {
                    BlockQ8(values[..StorageFormats.BlockLength], destination);
                }

                break;
            case StorageFormat.Q4_0x16:
                for (; values.Length >= StorageFormats.BlockLength; values = values[StorageFormats.BlockLength..], destination += StorageFormats.Q4BlockBytes)
                {
                    BlockQ4(values[..StorageFormats.BlockLength], destination);
                }

                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(format), format, "Unknown storage format.");
        }
    }

    /// <summary>Nearest, ties to even; a NaN keeps its sign and becomes quiet.</summary>
    private static ushort ToBFloat16(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value)
            ? (ushort)((bits >> 16) | 0x40)
            : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    /// <summary>The largest magnitude becomes 127.</summary>
    private static void BlockQ8(ReadOnlySpan<float> values, byte* destination)
    {
        var largest = 0f;
        foreach (var value in values)
        {
            largest = MathF.Max(largest, MathF.Abs(value));
        }

        var scale = largest / 127f;
        var inverse = scale == 0f ? 0f : 1f / scale;
        MemoryMarshal.Write(new Span<byte>(destination, 2), (System.Half)scale);
        for (var i = 0; i < values.Length; i++)
        {
            ((sbyte*)destination)[2 + i] = (sbyte)MathF.Round(values[i] * inverse, MidpointRounding.AwayFromZero);
        }
    }

    /// <summary>The value of largest magnitude becomes -8, whatever its sign; value i shares its byte with value i + 16.</summary>
    private static void BlockQ4(ReadOnlySpan<float> values, byte* destination)
    {
        var largest = 0f;
        foreach (var value in values)
        {
            largest = MathF.Abs(value) > MathF.Abs(largest) ? value : largest;
        }

        var scale = largest / -8f;
        var inverse = scale == 0f ? 0f : 1f / scale;
        MemoryMarshal.Write(new Span<byte>(destination, 2), (System.Half)scale);
        const int Half = StorageFormats.BlockLength / 2;
        for (var i = 0; i < Half; i++)
        {
            var low = Math.Min(15, (int)((values[i] * inverse) + 8.5f));
            var high = Math.Min(15, (int)((values[i + Half] * inverse) + 8.5f));
            destination[2 + i] = (byte)(low | (high << 4));
        }
    }
}
