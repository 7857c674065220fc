using System.Runtime.CompilerServices;

namespace Kinora.Tensors.Kernels.Bytes;

/// <summary>The products, written once for every instruction set.</summary>
internal sealed unsafe partial class ByteKernels<TBytes, TInts, TSimd, TFloats> : ByteKernelSet
    where TBytes : struct, IByteSimd<TInts, TFloats>
    where TInts : struct
    where TSimd : struct, ISimd<TFloats>
    where TFloats : struct
{
    private const int Columns = StorageFormats.BlockLength;
    private const int Step = 4 * RowGroups.Rows;

    /// <summary>How far ahead of the bytes in use others are asked for: measured on the study's machine, where it was worth 10 %.</summary>
    private const int Ahead = 1024;

    /// <summary>Blocks whose magnitudes stay below this count as zeros: 127 / largest would be infinite.</summary>
    private const float Smallest = 1e-30f;

    [MethodImpl(Jit.Kernel)]
    public override void RoundRows(float* x, nint stride, int rows, int blocks, int panel, byte* packed)
    {
        var bytes = stackalloc sbyte[Columns];
        for (var block = 0; block < blocks; block++, packed += panel * RowBlockBytes, x += Columns)
        {
            for (var row = 0; row < panel; row++)
            {
                var (scale, sum) = (0f, 0);
                if (row < rows)
                {
                    var source = x + (row * stride);
                    var largest = TBytes.Largest(source);
                    scale = largest / 127f;
                    TBytes.Round(source, largest is > Smallest and <= float.MaxValue ? 127f / largest : 0f, bytes, out sum);
                }
                else
                {
                    new Span<sbyte>(bytes, Columns).Clear();
                }

                for (var step = 0; step < Columns / 4; step++)
                {
                    ((int*)packed)[(step * panel) + row] = ((int*)bytes)[step];
                }

                ((float*)packed)[(Columns / 4 * panel) + row] = scale;
                ((int*)packed)[(((Columns / 4) + 1) * panel) + row] = sum;
            }
        }
    }

    public override void Row(StorageFormat format, byte* group, byte* x, int blocks, float* y)
    {
        for (var part = 0; part < RowGroups.Rows; part += 2 * TSimd.Width)
        {
            if (format == StorageFormat.Q8_0x16)
            {
                Row8(group, x, blocks, y + part, part);
            }
            else
            {
                Row4(group, x, blocks, y + part, part);
            }
        }
    }

    [MethodImpl(Jit.Kernel)]
    public override void WidenScales(StorageFormat format, byte* group, int blocks, float* scales)
    {
        for (; blocks > 0; blocks--, group += RowGroups.BlockBytes(format), scales += RowGroups.Rows)
        {
            for (var row = 0; row < RowGroups.Rows; row += TSimd.Width)
            {
                TSimd.Store(TSimd.LoadHalf((ushort*)group + row), scales + row);
            }
        }
    }

    public override void Tile(StorageFormat format, byte* group, float* scales, byte* x, int blocks, float* y, nint stride)
    {
        for (var part = 0; part < RowGroups.Rows; part += 2 * TSimd.Width)
        {
            if (format == StorageFormat.Q8_0x16)
            {
                Tile8(group, scales + part, x, blocks, y + part, stride, part);
            }
            else
            {
                Tile4(group, scales + part, x, blocks, y + part, stride, part);
            }
        }
    }

    [MethodImpl(Jit.Kernel)]
    private static void Row8(byte* group, byte* x, int blocks, float* y, nint part)
    {
        nint second = 4 * TSimd.Width;
        var y0 = TSimd.Broadcast(0f);
        var y1 = y0;
        for (; blocks > 0; blocks--)
        {
            var scale = TSimd.Broadcast(*(float*)(x + Columns));
            var start = TBytes.Start8(*(int*)(x + Columns + 4));
            var s0 = start;
            var s1 = start;
            var w = group + RowGroups.ScaleBytes + (4 * part);
            for (var step = 0; step < Columns; step += 4)
            {
                TSimd.Prefetch(w + Ahead);
                var v = TBytes.Broadcast(*(int*)(x + step));
                var w0 = TBytes.Prepare(TBytes.Load(w), out var m0);
                var w1 = TBytes.Prepare(TBytes.Load(w + second), out var m1);
                s0 = TBytes.Multiply8(w0, m0, v, s0);
                s1 = TBytes.Multiply8(w1, m1, v, s1);
                w += Step;
            }

            var scales = (ushort*)group + part;
            y0 = TSimd.MultiplyAdd(TBytes.ToFloats(s0), TSimd.Multiply(TSimd.LoadHalf(scales), scale), y0);
            y1 = TSimd.MultiplyAdd(TBytes.ToFloats(s1), TSimd.Multiply(TSimd.LoadHalf(scales + TSimd.Width), scale), y1);
            group += RowGroups.Rows * StorageFormats.Q8BlockBytes;
            x += RowBlockBytes;
        }

        TSimd.Store(y0, y);
        TSimd.Store(y1, y + TSimd.Width);
    }

    [MethodImpl(Jit.Kernel)]
    private static void Row4(byte* group, byte* x, int blocks, float* y, nint part)
    {
        nint second = 4 * TSimd.Width;
        var y0 = TSimd.Broadcast(0f);
        var y1 = y0;
        for (; blocks > 0; blocks--)
        {
            var scale = TSimd.Broadcast(*(float*)(x + Columns));
            var sum = *(int*)(x + Columns + 4);
            var start = TBytes.Start4(sum);
            var s0 = start;
            var s1 = start;
            var w = group + RowGroups.ScaleBytes + (4 * part);
            for (var step = 0; step < Columns / 2; step += 4)
            {
                TSimd.Prefetch(w + Ahead);
                var v = TBytes.Broadcast(*(int*)(x + step));
                var u = TBytes.Broadcast(*(int*)(x + step + (Columns / 2)));
                var w0 = TBytes.Load(w);
                var w1 = TBytes.Load(w + second);
                s0 = TBytes.Multiply4(TBytes.High(w0), u, TBytes.Multiply4(TBytes.Low(w0), v, s0));
                s1 = TBytes.Multiply4(TBytes.High(w1), u, TBytes.Multiply4(TBytes.Low(w1), v, s1));
                w += Step;
            }

            var scales = (ushort*)group + part;
            y0 = TSimd.MultiplyAdd(TBytes.ToFloats(TBytes.Finish4(s0, sum)), TSimd.Multiply(TSimd.LoadHalf(scales), scale), y0);
            y1 = TSimd.MultiplyAdd(TBytes.ToFloats(TBytes.Finish4(s1, sum)), TSimd.Multiply(TSimd.LoadHalf(scales + TSimd.Width), scale), y1);
            group += RowGroups.Rows * StorageFormats.Q4BlockBytes;
            x += RowBlockBytes;
        }

        TSimd.Store(y0, y);
        TSimd.Store(y1, y + TSimd.Width);
    }
}
