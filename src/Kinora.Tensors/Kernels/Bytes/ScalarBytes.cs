using System.Runtime.CompilerServices;

namespace Kinora.Tensors.Kernels.Bytes;

/// <summary>One weight row at a time, in plain arithmetic.</summary>
internal readonly unsafe struct ScalarBytes : IByteSimd<int, float>
{
    public static int Load(byte* source) => *(int*)source;

    public static int Broadcast(int bytes) => bytes;

    public static int Low(int bytes) => bytes & 0x0F0F0F0F;

    public static int High(int bytes) => (bytes >> 4) & 0x0F0F0F0F;

    public static int Prepare(int weights, out int magnitudes) => magnitudes = weights;

    public static int Start8(int sum) => -128 * sum;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Multiply8(int weights, int magnitudes, int x, int sums)
    {
        for (var i = 0; i < 32; i += 8)
        {
            sums += (byte)(weights >> i) * (sbyte)(x >> i);
        }

        return sums;
    }

    public static int Start4(int sum) => -8 * sum;

    public static int Multiply4(int halves, int x, int sums) => Multiply8(halves, halves, x, sums);

    public static int Finish4(int sums, int sum) => sums;

    public static float ToFloats(int sums) => sums;

    public static void Round(float* x, float factor, sbyte* bytes, out int sum)
    {
        sum = 0;
        for (var i = 0; i < StorageFormats.BlockLength; i++)
        {
            var rounded = factor == 0f ? 0f : MathF.Round(x[i] * factor); // to even, as the processor's conversion does
            bytes[i] = (sbyte)rounded;
            sum += bytes[i];
        }
    }

    public static float Largest(float* x)
    {
        var (largest, nothing) = (0f, 0f);
        for (var i = 0; i < StorageFormats.BlockLength; i++)
        {
            largest = MathF.Max(largest, MathF.Abs(x[i]));
            nothing += x[i] * 0f;
        }

        return largest + nothing;
    }
}
