using System.Runtime.CompilerServices;
using Kinora.Tensors.Threading;

namespace Kinora.Tensors.Operations;

/// <summary>Attention of a handful of queries, as in decoding: one chunk per sequence and key head reads its keys and values once per query head.</summary>
internal unsafe struct FewQueries : IParallelWork
{
    public AttentionArguments Arguments;

    /// <summary>Floats that each thread takes.</summary>
    public static long ScratchFloats(in AttentionArguments arguments) => (long)arguments.KeyCount + arguments.HeadSize;

    public readonly int Chunks => Arguments.Sequences * Arguments.KeyValueHeads;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Execute(int chunk)
    {
        var arguments = Arguments;
        var kernels = arguments.Kernels;
        var (sequence, keyValueHead) = (chunk / arguments.KeyValueHeads, chunk % arguments.KeyValueHeads);
        var size = arguments.HeadSize;
        var scores = ThreadScratch.OfChunk.Floats(ScratchFloats(arguments));
        var wide = scores + arguments.KeyCount;
        for (var member = 0; member < arguments.Group; member++)
        {
            var head = (keyValueHead * arguments.Group) + member;
            for (var query = 0; query < arguments.Queries; query++)
            {
                var q = arguments.QueryOf(sequence, query, head);
                var visible = arguments.Visible(query);
                for (var key = 0; key < visible; key++)
                {
                    scores[key] = kernels.Dot(arguments.Format, arguments.KeyOf(sequence, key, keyValueHead), q, size);
                }

                var largest = kernels.Max(scores, visible) * arguments.Scale;
                var sum = kernels.ExpSum(scores, visible, arguments.Scale, largest);
                var output = arguments.OutputOf(sequence, query, head);
                new Span<float>(output, size).Clear();
                for (var key = 0; key < visible; key++)
                {
                    var value = arguments.ValueOf(sequence, key, keyValueHead);
                    if (arguments.Format == StorageFormat.F32)
                    {
                        kernels.AddScaled((float*)value, output, size, scores[key]);
                    }
                    else
                    {
                        kernels.Widen(arguments.Format, value, wide, size);
                        kernels.AddScaled(wide, output, size, scores[key]);
                    }
                }

                kernels.Scale(output, size, 1f / sum);
            }
        }
    }
}
