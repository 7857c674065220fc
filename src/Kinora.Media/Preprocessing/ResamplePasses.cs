using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Kinora.Media;

/// <summary>
/// The two passes of a resize, plain and vectorised; both give the same bytes. A pass adds half a unit, shifts the 22 fractional
/// bits away and clips to 0..255.
/// </summary>
internal static unsafe class ResamplePasses
{
    /// <summary>Readable bytes that the vector kernels need behind a source row.</summary>
    public const int Slack = 64;

    private const int Half = 1 << (ResampleWeights.FractionBits - 1);

    /// <summary>Resizes one row: [inputs, channels] to [outputs, channels]. The vector form may read <see cref="Slack"/> bytes behind the source and writes up to 3 behind the target.</summary>
    public static void HorizontalPlain(byte* source, byte* target, int channels, ResampleWeights weights)
    {
        for (var output = 0; output < weights.First.Length; output++)
        {
            for (var channel = 0; channel < channels; channel++)
            {
                var from = source + (weights.First[output] * channels) + channel;
                var sum = Half;
                for (var tap = 0; tap < weights.Count[output]; tap++)
                {
                    sum += from[tap * channels] * weights.Taps[(output * weights.TapsPerOutput) + tap];
                }

                *target++ = Clip(sum);
            }
        }
    }

    /// <inheritdoc cref="HorizontalPlain"/>
    public static void HorizontalAvx2(byte* source, byte* target, int channels, ResampleWeights weights)
    {
        var spread = SpreadMask(channels);
        var groups = weights.GroupsPerOutput;
        var half = Vector128.Create(Half);
        fixed (int* first = weights.First, count = weights.Count)
        fixed (short* grouped = weights.Grouped)
        {
            for (var output = 0; output < weights.First.Length; output++)
            {
                var from = source + (first[output] * channels);
                var weight = grouped + ((long)output * groups * 32);
                var upper = Vector256<int>.Zero;
                var lower = Vector256<int>.Zero;
                var used = (count[output] + 3) >> 2;
                for (var group = 0; group < used; group++, from += 4 * channels, weight += 32)
                {
                    // Four pixels, each half of the vector getting pairs (tap, next tap) of 16-bit samples per channel.
                    var samples = Avx2.Shuffle(Avx2.BroadcastVector128ToVector256(from), spread).AsInt16();
                    upper += Avx2.MultiplyAddAdjacent(samples, Avx.LoadVector256(weight));
                    lower += Avx2.MultiplyAddAdjacent(samples, Avx.LoadVector256(weight + 16));
                }

                var sums = Vector256.ShiftLeft(upper, ResampleWeights.LowBits) + lower;
                var sum = Sse2.ShiftRightArithmetic(sums.GetLower() + sums.GetUpper() + half, ResampleWeights.FractionBits);
                var words = Sse2.PackSignedSaturate(sum, sum);
                var bytes = Sse2.PackUnsignedSaturate(words, words);

                // Four bytes are written; the surplus is overwritten by the next pixel or lies in the slack of the target row.
                Unsafe.WriteUnaligned(target, bytes.AsUInt32().ToScalar());
                target += channels;
            }
        }
    }

    /// <summary>Makes one output row of the vertical pass: <paramref name="length"/> samples from <paramref name="count"/> source rows that lie <paramref name="stride"/> bytes apart.</summary>
    public static void VerticalPlain(byte* source, int stride, int* taps, int count, byte* target, int start, int length)
    {
        for (var x = start; x < length; x++)
        {
            var sum = Half;
            for (var tap = 0; tap < count; tap++)
            {
                sum += source[((long)tap * stride) + x] * taps[tap];
            }

            target[x] = Clip(sum);
        }
    }

    /// <inheritdoc cref="VerticalPlain"/>
    public static void VerticalAvx2(byte* source, int stride, int* taps, int count, byte* target, int length)
    {
        const int step = 16;
        const int lowMask = (1 << ResampleWeights.LowBits) - 1;
        var half = Vector256.Create(Half);
        var x = 0;
        for (; x <= length - step; x += step)
        {
            Vector256<int> upperLeft = default, lowerLeft = half, upperRight = default, lowerRight = half;
            for (var tap = 0; tap < count; tap += 2)
            {
                var even = taps[tap];
                var odd = tap + 1 < count ? taps[tap + 1] : 0;
                var row = source + ((long)tap * stride) + x;
                var a = Sse2.LoadVector128(row);
                var b = tap + 1 < count ? Sse2.LoadVector128(row + stride) : a;
                var left = Avx2.ConvertToVector256Int16(Sse2.UnpackLow(a, b));
                var right = Avx2.ConvertToVector256Int16(Sse2.UnpackHigh(a, b));
                var upper = Vector256.Create(((odd >> ResampleWeights.LowBits) << 16) | ((even >> ResampleWeights.LowBits) & 0xFFFF)).AsInt16();
                var lower = Vector256.Create(((odd & lowMask) << 16) | (even & lowMask)).AsInt16();
                upperLeft += Avx2.MultiplyAddAdjacent(left, upper);
                lowerLeft += Avx2.MultiplyAddAdjacent(left, lower);
                upperRight += Avx2.MultiplyAddAdjacent(right, upper);
                lowerRight += Avx2.MultiplyAddAdjacent(right, lower);
            }

            var first = Avx2.ShiftRightArithmetic(Vector256.ShiftLeft(upperLeft, ResampleWeights.LowBits) + lowerLeft, ResampleWeights.FractionBits);
            var second = Avx2.ShiftRightArithmetic(Vector256.ShiftLeft(upperRight, ResampleWeights.LowBits) + lowerRight, ResampleWeights.FractionBits);
            var words = Avx2.Permute4x64(Avx2.PackSignedSaturate(first, second).AsInt64(), 0b11_01_10_00).AsInt16();
            Sse2.Store(target + x, Sse2.PackUnsignedSaturate(words.GetLower(), words.GetUpper()));
        }

        VerticalPlain(source, stride, taps, count, target, x, length);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte Clip(int sum) => (byte)Math.Clamp(sum >> ResampleWeights.FractionBits, 0, 255);

    // Byte indices for the shuffle of 16 loaded bytes; an index with its top bit set gives 0, the upper byte of a 16-bit sample.
    private static Vector256<byte> SpreadMask(int channels)
    {
        Span<byte> mask = stackalloc byte[32];
        mask.Fill(0x80);
        for (var tap = 0; tap < 4; tap++)
        {
            for (var channel = 0; channel < channels; channel++)
            {
                mask[(tap / 2 * 16) + (channel * 4) + (tap % 2 * 2)] = (byte)((tap * channels) + channel);
            }
        }

        return Vector256.Create((ReadOnlySpan<byte>)mask);
    }
}
