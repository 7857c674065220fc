using System.Runtime.CompilerServices;

namespace Kinora.Tensors.Kernels;

/// <content>Rows of weights in every storage format: widening, and products with float values. Blocks are GGUF's.</content>
internal unsafe partial class SimdKernels<TSimd, TVector>
{
    /// <summary>How a row's numbers become floats.</summary>
    internal interface IRowFormat
    {
        static abstract int ElementBytes { get; }

        static abstract TVector Load(byte* row);

        static abstract float LoadOne(byte* row);
    }

    public override float Dot(StorageFormat format, byte* row, float* x, int length) => format switch
    {
        StorageFormat.F32 => DotPlain<Single>(row, x, length),
        StorageFormat.F16 => DotPlain<Half>(row, x, length),
        StorageFormat.BF16 => DotPlain<BFloat16>(row, x, length),
        StorageFormat.Q8_0 => DotQ8(row, x, length),
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "Unknown storage format."),
    };

    public override void Widen(StorageFormat format, byte* row, float* destination, int length)
    {
        switch (format)
        {
            case StorageFormat.F32:
                Buffer.MemoryCopy(row, destination, 4L * length, 4L * length);
                break;
            case StorageFormat.F16:
                WidenPlain<Half>(row, destination, length);
                break;
            case StorageFormat.BF16:
                WidenPlain<BFloat16>(row, destination, length);
                break;
            case StorageFormat.Q8_0:
                WidenQ8(row, destination, length);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(format), format, "Unknown storage format.");
        }
    }

    [MethodImpl(Jit.Kernel)]
    private static float DotPlain<TFormat>(byte* row, float* x, int length)
        where TFormat : struct, IRowFormat
    {
        nint step = TSimd.Width * TFormat.ElementBytes;
        nint width = TSimd.Width;
        var s0 = TSimd.Broadcast(0f);
        var s1 = s0;
        var s2 = s0;
        var s3 = s0;
        var i = 0;
        for (; i <= length - (4 * TSimd.Width); i += 4 * TSimd.Width)
        {
            s0 = TSimd.MultiplyAdd(TFormat.Load(row), TSimd.Load(x), s0);
            s1 = TSimd.MultiplyAdd(TFormat.Load(row + step), TSimd.Load(x + width), s1);
            s2 = TSimd.MultiplyAdd(TFormat.Load(row + (2 * step)), TSimd.Load(x + (2 * width)), s2);
            s3 = TSimd.MultiplyAdd(TFormat.Load(row + (3 * step)), TSimd.Load(x + (3 * width)), s3);
            row += 4 * step;
            x += 4 * width;
        }

        var total = TSimd.Sum(TSimd.Add(TSimd.Add(s0, s1), TSimd.Add(s2, s3)));
        for (; i < length; i++)
        {
            total += TFormat.LoadOne(row) * *x++;
            row += TFormat.ElementBytes;
        }

        return total;
    }

    [MethodImpl(Jit.Kernel)]
    private static float DotQ8(byte* row, float* x, int length)
    {
        var sum = TSimd.Broadcast(0f);
        for (var block = length / StorageFormats.BlockLength; block > 0; block--)
        {
            var products = TSimd.Broadcast(0f);
            for (var i = 0; i < StorageFormats.BlockLength; i += TSimd.Width)
            {
                products = TSimd.MultiplyAdd(TSimd.LoadSignedBytes((sbyte*)row + 2 + i), TSimd.Load(x + i), products);
            }

            sum = TSimd.MultiplyAdd(products, TSimd.Broadcast(HalfBits.ToSingle(*(ushort*)row)), sum);
            row += StorageFormats.Q8BlockBytes;
            x += StorageFormats.BlockLength;
        }

        return TSimd.Sum(sum);
    }

    [MethodImpl(Jit.Kernel)]
    private static void WidenPlain<TFormat>(byte* row, float* destination, int length)
        where TFormat : struct, IRowFormat
    {
        var i = 0;
        for (; i <= length - TSimd.Width; i += TSimd.Width)
        {
            TSimd.Store(TFormat.Load(row + (i * TFormat.ElementBytes)), destination + i);
        }

        for (; i < length; i++)
        {
            destination[i] = TFormat.LoadOne(row + (i * TFormat.ElementBytes));
        }
    }

    [MethodImpl(Jit.Kernel)]
    private static void WidenQ8(byte* row, float* destination, int length)
    {
        for (var block = length / StorageFormats.BlockLength; block > 0; block--)
        {
            var scale = TSimd.Broadcast(HalfBits.ToSingle(*(ushort*)row));
            for (var i = 0; i < StorageFormats.BlockLength; i += TSimd.Width)
            {
                TSimd.Store(TSimd.Multiply(TSimd.LoadSignedBytes((sbyte*)row + 2 + i), scale), destination + i);
            }

            row += StorageFormats.Q8BlockBytes;
            destination += StorageFormats.BlockLength;
        }
    }

    internal readonly struct Single : IRowFormat
    {
        public static int ElementBytes => 4;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Load(byte* row) => TSimd.Load((float*)row);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static float LoadOne(byte* row) => *(float*)row;
    }

    internal readonly struct Half : IRowFormat
    {
        public static int ElementBytes => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Load(byte* row) => TSimd.LoadHalf((ushort*)row);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static float LoadOne(byte* row) => HalfBits.ToSingle(*(ushort*)row);
    }

    internal readonly struct BFloat16 : IRowFormat
    {
        public static int ElementBytes => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Load(byte* row) => TSimd.LoadBFloat16((ushort*)row);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static float LoadOne(byte* row) => BitConverter.Int32BitsToSingle(*(ushort*)row << 16);
    }
}
