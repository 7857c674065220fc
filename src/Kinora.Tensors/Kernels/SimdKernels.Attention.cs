using System.Runtime.CompilerServices;

namespace Kinora.Tensors.Kernels;

/// <content>Attention of a single query: keys and values pass once, straight from where they lie.</content>
internal unsafe partial class SimdKernels<TSimd, TVector>
{
    public override void Scores(StorageFormat format, byte* keys, nint stride, int count, float* query, int size, float* scores)
    {
        switch (format)
        {
            case StorageFormat.F32:
                ScoresOf<Single>(keys, stride, count, query, size, scores);
                break;
            case StorageFormat.F16:
                ScoresOf<Half>(keys, stride, count, query, size, scores);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(format), format, "Keys of this format must be widened first.");
        }
    }

    public override void Gather(StorageFormat format, byte* values, nint stride, int count, float* weights, int size, float* output)
    {
        switch (format)
        {
            case StorageFormat.F32:
                GatherOf<Single>(values, stride, count, weights, size, output);
                break;
            case StorageFormat.F16:
                GatherOf<Half>(values, stride, count, weights, size, output);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(format), format, "Values of this format must be widened first.");
        }
    }

    /// <summary>Four keys at a time, so that the query is loaded once for them.</summary>
    [MethodImpl(Jit.Kernel)]
    private static void ScoresOf<TFormat>(byte* keys, nint stride, int count, float* query, int size, float* scores)
        where TFormat : struct, IRowFormat
    {
        var key = 0;
        for (; key <= count - 4; key += 4, keys += 4 * stride)
        {
            var s0 = TSimd.Broadcast(0f);
            var s1 = s0;
            var s2 = s0;
            var s3 = s0;
            nint i = 0;
            for (; i <= size - TSimd.Width; i += TSimd.Width)
            {
                var q = TSimd.Load(query + i);
                var place = keys + (i * TFormat.ElementBytes);
                s0 = TSimd.MultiplyAdd(TFormat.Load(place), q, s0);
                s1 = TSimd.MultiplyAdd(TFormat.Load(place + stride), q, s1);
                s2 = TSimd.MultiplyAdd(TFormat.Load(place + (2 * stride)), q, s2);
                s3 = TSimd.MultiplyAdd(TFormat.Load(place + (3 * stride)), q, s3);
            }

            var (t0, t1, t2, t3) = (TSimd.Sum(s0), TSimd.Sum(s1), TSimd.Sum(s2), TSimd.Sum(s3));
            for (; i < size; i++)
            {
                var place = keys + (i * TFormat.ElementBytes);
                t0 += TFormat.LoadOne(place) * query[i];
                t1 += TFormat.LoadOne(place + stride) * query[i];
                t2 += TFormat.LoadOne(place + (2 * stride)) * query[i];
                t3 += TFormat.LoadOne(place + (3 * stride)) * query[i];
            }

            scores[key] = t0;
            scores[key + 1] = t1;
            scores[key + 2] = t2;
            scores[key + 3] = t3;
        }

        for (; key < count; key++, keys += stride)
        {
            scores[key] = DotPlain<TFormat>(keys, query, size);
        }
    }

    /// <summary>A stretch of four registers of the output at a time, summed over all values before it is stored.</summary>
    [MethodImpl(Jit.Kernel)]
    private static void GatherOf<TFormat>(byte* values, nint stride, int count, float* weights, int size, float* output)
        where TFormat : struct, IRowFormat
    {
        nint width = TSimd.Width;
        nint step = width * TFormat.ElementBytes;
        nint i = 0;
        for (; i <= size - (4 * width); i += 4 * width)
        {
            var y0 = TSimd.Load(output + i);
            var y1 = TSimd.Load(output + i + width);
            var y2 = TSimd.Load(output + i + (2 * width));
            var y3 = TSimd.Load(output + i + (3 * width));
            var place = values + (i * TFormat.ElementBytes);
            for (var key = 0; key < count; key++, place += stride)
            {
                var weight = TSimd.Broadcast(weights[key]);
                y0 = TSimd.MultiplyAdd(TFormat.Load(place), weight, y0);
                y1 = TSimd.MultiplyAdd(TFormat.Load(place + step), weight, y1);
                y2 = TSimd.MultiplyAdd(TFormat.Load(place + (2 * step)), weight, y2);
                y3 = TSimd.MultiplyAdd(TFormat.Load(place + (3 * step)), weight, y3);
            }

            TSimd.Store(y0, output + i);
            TSimd.Store(y1, output + i + width);
            TSimd.Store(y2, output + i + (2 * width));
            TSimd.Store(y3, output + i + (3 * width));
        }

        for (; i <= size - width; i += width)
        {
            var y = TSimd.Load(output + i);
            var place = values + (i * TFormat.ElementBytes);
            for (var key = 0; key < count; key++, place += stride)
            {
                y = TSimd.MultiplyAdd(TFormat.Load(place), TSimd.Broadcast(weights[key]), y);
            }

            TSimd.Store(y, output + i);
        }

        for (; i < size; i++)
        {
            var place = values + (i * TFormat.ElementBytes);
            for (var key = 0; key < count; key++, place += stride)
            {
                output[i] += weights[key] * TFormat.LoadOne(place);
            }
        }
    }
}
