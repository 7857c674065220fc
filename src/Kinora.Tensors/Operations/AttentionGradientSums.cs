using System.Runtime.CompilerServices;
using Kinora.Tensors.Kernels;
using Kinora.Tensors.Threading;

namespace Kinora.Tensors.Operations;

/// <summary>The gradients of keys and values of sequences whose query rows fell into several parts: sums of each part, added in order and written.</summary>
internal unsafe struct AttentionGradientSums : IParallelWork
{
    private const int KeysPerChunk = AttentionGradientArguments.RowBlock;

    private AttentionGradientArguments arguments;
    private float* room;

    /// <summary>How many chunks there are; none if no sequence has several parts.</summary>
    public readonly int Chunks => room == null ? 0 : arguments.Forward.Sequences * arguments.Forward.KeyValueHeads * ChunksPerHead;

    private readonly int ChunksPerHead => (arguments.Forward.KeyCount + KeysPerChunk - 1) / KeysPerChunk;

    /// <summary>Takes room for the sums from the caller's scratch.</summary>
    public static AttentionGradientSums For(in AttentionGradientArguments arguments)
    {
        var sums = new AttentionGradientSums { arguments = arguments };
        if (arguments.MostParts > 1)
        {
            sums.room = ThreadScratch.OfCaller.Floats(sums.Place(arguments.Forward.Sequences, 0, 0));
        }

        return sums;
    }

    /// <summary>Where a part sums the gradients of its keys and of its values.</summary>
    public readonly (nint Keys, nint Values) Places(int sequence, int head, int part)
    {
        var forward = arguments.Forward;
        var keys = room + Place(sequence, head, part);
        return ((nint)keys, (nint)(keys + AttentionGradientBuffers.SumFloats(forward.Kernels, forward.KeysOf(sequence), forward.HeadSize)));
    }

    /// <inheritdoc/>
    [MethodImpl(Jit.Kernel)]
    public readonly void Execute(int chunk)
    {
        var forward = arguments.Forward;
        var (sequence, head) = (chunk / ChunksPerHead / forward.KeyValueHeads, chunk / ChunksPerHead % forward.KeyValueHeads);
        var first = chunk % ChunksPerHead * KeysPerChunk;
        var count = Math.Min(KeysPerChunk, forward.KeysOf(sequence) - first);
        var parts = arguments.Parts(sequence);
        if (count <= 0 || parts <= 1)
        {
            return;
        }

        var (kernels, size) = (forward.Kernels, forward.HeadSize);
        var stride = PaddedKeys(kernels, forward.KeysOf(sequence));
        var (keys, values) = Places(sequence, head, 0);
        for (var part = 1; part < parts; part++)
        {
            var (moreKeys, moreValues) = Places(sequence, head, part);
            for (var i = 0; i < size; i++)
            {
                var place = ((long)i * stride) + first;
                kernels.Add((float*)keys + place, (float*)moreKeys + place, (float*)keys + place, count);
                kernels.Add((float*)values + place, (float*)moreValues + place, (float*)values + place, count);
            }
        }

        Write(kernels, sequence, head, first, count, (float*)keys, (float*)values, stride, ThreadScratch.OfChunk.Floats((long)KeysPerChunk * size));
    }

    /// <summary>Turns the finished sums of some keys, [size, keys], into rows and puts them where they belong.</summary>
    public readonly void Write(KernelSet kernels, int sequence, int head, int first, int count, float* keys, float* values, int stride, float* plain)
    {
        for (var key = first; key < first + count; key += KeysPerChunk)
        {
            var there = Math.Min(KeysPerChunk, first + count - key);
            Write(kernels, sequence, head, key, there, keys + key, stride, plain, arguments.KeyGradient);
            Write(kernels, sequence, head, key, there, values + key, stride, plain, arguments.ValueGradient);
        }
    }

    private static int PaddedKeys(KernelSet kernels, int keys) => (keys + kernels.TileColumns - 1) / kernels.TileColumns * kernels.TileColumns;

    private readonly void Write(KernelSet kernels, int sequence, int head, int first, int count, float* sums, int stride, float* plain, float* gradient)
    {
        var size = arguments.Forward.HeadSize;
        kernels.PackRows(sums, stride, size, count, plain, size);
        for (var key = 0; key < count; key++)
        {
            var to = (byte*)gradient + arguments.Forward.KeyPlace(sequence, first + key, head);
            HeadRows.Copy(plain + ((long)key * size), (float*)to, size);
        }
    }

    /// <summary>Floats before a part's sums. All sequences get as many parts as the longest, and room to round their keys up to panels.</summary>
    private readonly long Place(int sequence, int head, int part)
    {
        var forward = arguments.Forward;
        var before = forward.KeyRow(sequence, 0) - forward.KeyRow(0, 0);
        var columns = forward.Kernels.TileColumns;
        var keysBefore = ((before + columns - 1) / columns * columns) + ((long)sequence * columns);
        var own = sequence < forward.Sequences ? PaddedKeys(forward.Kernels, forward.KeysOf(sequence)) : 0;
        var places = (keysBefore * forward.KeyValueHeads * arguments.MostParts) + ((((long)head * arguments.MostParts) + part) * own);
        return 2 * AttentionGradientBuffers.SumFloats(forward.Kernels, 1, forward.HeadSize) / columns * places;
    }
}
