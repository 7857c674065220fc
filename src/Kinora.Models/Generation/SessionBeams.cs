using Kinora.Models.Language;
using Kinora.Tensors;

namespace Kinora.Models.Generation;

/// <summary>
/// Beams over one session. They share the cache of the prompt; the keys and values of what each has written are kept apart and are
/// put behind the prompt when it is that beam's turn, so memory grows with the written tokens only.
/// </summary>
internal sealed class SessionBeams : IBeamModel
{
    private readonly Session session;
    private readonly int promptIds;
    private readonly int promptLength;
    private float[][] logits = [];
    private byte[][] tails = [];
    private byte[][] nextTails = [];
    private int written;

    public SessionBeams(Session session)
    {
        this.session = session;
        (promptIds, promptLength) = (session.Ids.Count, session.Length);
    }

    /// <summary>The most bytes that beams keep apart: scores, and twice what each has written.</summary>
    public static long BytesFor(LlamaConfig config, int beams, int tokens, StorageFormat format)
        => beams * ((sizeof(float) * (long)config.VocabularySize) + (2 * Room(KeyValueCache.BytesFor(config, tokens, format))));

    public int VocabularySize => session.Logits.Length;

    public void Start(int beams)
    {
        var first = session.Logits.ToArray();
        logits = [.. Enumerable.Range(0, beams).Select(_ => (float[])first.Clone())];
        tails = [.. Enumerable.Range(0, beams).Select(_ => Array.Empty<byte>())];
        nextTails = [.. tails];
        written = 0;
    }

    public ReadOnlySpan<float> Logits(int beam) => logits[beam];

    public void Advance(ReadOnlySpan<int> parents, ReadOnlySpan<int> tokens)
    {
        var cache = session.Cache!;
        for (var beam = 0; beam < parents.Length; beam++)
        {
            session.Rewind(promptIds, promptLength);
            cache.CopyTail(promptLength, written, tails[parents[beam]], restore: true);
            session.Read(tokens[beam]);
            session.Logits.CopyTo(logits[beam]);
            var bytes = cache.TailBytes(written + 1);
            if (nextTails[beam].LongLength < bytes)
            {
                nextTails[beam] = new byte[Room(bytes)];
            }

            cache.CopyTail(promptLength, written + 1, nextTails[beam], restore: false);
        }

        (tails, nextTails) = (nextTails, tails);
        written++;
    }

    /// <summary>Bytes kept apart at the moment.</summary>
    internal long Bytes => logits.Sum(row => sizeof(float) * row.LongLength) + tails.Concat(nextTails).Sum(tail => tail.LongLength);

    private static long Room(long bytes) => Math.Min(bytes + (bytes / 2), Math.Max(bytes, Array.MaxLength));
}
