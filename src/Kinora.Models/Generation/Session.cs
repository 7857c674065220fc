using Kinora.Models.Families;
using Kinora.Models.Inputs;
using Kinora.Models.Language;
using Kinora.Tensors;

namespace Kinora.Models.Generation;

/// <summary>One conversation with a model: what was read stays in the key-value cache, so that a later question costs only its own tokens.</summary>
/// <remarks>Serves one thread at a time. Several sessions may share a model.</remarks>
public sealed class Session : IDisposable
{
    /// <summary>Caches up to this size are kept in 32-bit floats, larger ones in 16-bit floats.</summary>
    public const long LargestExactCache = 1L << 30;

    private readonly List<int> ids = [];
    private readonly Tensor logits;
    private readonly StorageFormat? cacheFormat;
    private KeyValueCache? cache;

    /// <summary>Begins a conversation.</summary>
    /// <param name="model">The model; must outlive the session.</param>
    /// <param name="operations">What to compute with; by default all processors. Owned by the session.</param>
    /// <param name="cacheFormat">How keys and values are kept, one of <see cref="KeyValueCache.Formats"/>; by default <see cref="CacheFormat"/>.</param>
    /// <exception cref="Checkpoints.CheckpointException">A weight file was cut short since the model was loaded.</exception>
    /// <exception cref="GenerationException">The model's heads are no whole blocks of the format.</exception>
    public Session(VisionLanguageModel model, TensorOperations? operations = null, StorageFormat? cacheFormat = null)
    {
        model.Checkpoint.RequireWhole();
        var headSize = model.Decoder.Config.HeadSize;
        if (cacheFormat is { } format && format.IsQuantised() && headSize % StorageFormats.BlockLength != 0)
        {
            throw new GenerationException(nameof(GenerationOptions.Cache), $"This model's heads have {headSize} values, which are no whole blocks of {StorageFormats.BlockLength}: its keys and values can't be kept as {format.Name()}, only as f32 or f16.");
        }

        this.cacheFormat = cacheFormat;
        (Model, Operations) = (model, operations ?? new TensorOperations());
        logits = Operations.Allocate(new Shape(1, model.Decoder.Config.VocabularySize));
    }

    /// <summary>The model.</summary>
    public VisionLanguageModel Model { get; }

    /// <summary>What is computed with.</summary>
    public TensorOperations Operations { get; }

    /// <summary>All ids read so far, one for each place in the sequence.</summary>
    public IReadOnlyList<int> Ids => ids;

    /// <summary>The same list, for spans over it.</summary>
    internal List<int> MutableIds => ids;

    /// <summary>Places in the decoder's sequence so far.</summary>
    public int Length => cache?.Length ?? 0;

    /// <summary>The cache; null before the first tokens.</summary>
    public KeyValueCache? Cache => cache;

    /// <summary>Scores of the next token, [vocabulary]; valid until the next token is read.</summary>
    public Span<float> Logits => logits.AsSpan();

    /// <summary>The format in which a cache of this many tokens is kept unless another one is asked for.</summary>
    public static StorageFormat CacheFormat(LlamaConfig config, int tokens)
        => KeyValueCache.BytesFor(config, tokens, StorageFormat.F32) <= LargestExactCache ? StorageFormat.F32 : StorageFormat.F16;

    /// <summary>Runs tower and connector over pictures, a few at a time.</summary>
    /// <param name="input">What <see cref="VisionLanguageModel.Prepare"/> gave.</param>
    /// <param name="progress">Told the number of units done, and of how many.</param>
    /// <param name="cancellation">Ends it between layers.</param>
    /// <returns>Owned by the caller.</returns>
    public VisualEmbeddings Encode(VisualInput input, Action<int, int>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(input);
        Operations.Cancellation = cancellation;
        var visual = Operations.Allocate(new Shape(input.Layout.Tokens, Model.Decoder.Config.HiddenSize));
        try
        {
            new VisualEncoder(Model, Operations).Run(input, visual, progress);
            return new(visual, input.Layout);
        }
        catch
        {
            visual.Dispose();
            throw;
        }
    }

    /// <summary>Makes room for a prompt and its answer at once, so that generating allocates nothing.</summary>
    public void Reserve(int tokens)
    {
        var needed = checked(Length + tokens);
        if (cache is null)
        {
            cache = new KeyValueCache(Model.Decoder.Config, needed, cacheFormat ?? CacheFormat(Model.Decoder.Config, needed), Operations.Allocate);
        }
        else
        {
            cache.Reserve(needed);
        }

        ids.EnsureCapacity(ids.Count + tokens);
        if (!Operations.IsDry)
        {
            Model.Decoder.Reserve(needed);
        }
    }

    /// <summary>Reads a prompt and leaves the scores of the token after it in <see cref="Logits"/>.</summary>
    /// <param name="prompt">Ids with one placeholder for each visual row; at least one id.</param>
    /// <param name="visual">What <see cref="Encode"/> gave for the placeholders, or null.</param>
    /// <param name="progress">Told the number of places read.</param>
    /// <param name="cancellation">Ends it between layers.</param>
    /// <remarks>If it ends early, by cancellation or an error, the session is as before.</remarks>
    /// <exception cref="ArgumentException">No ids, an id beyond the vocabulary, or placeholders that don't match the pictures.</exception>
    public void Read(ReadOnlySpan<int> prompt, VisualEmbeddings? visual, Action<int>? progress = null, CancellationToken cancellation = default)
    {
        if (prompt.IsEmpty)
        {
            throw new ArgumentException("The prompt has no tokens, so there is nothing that an answer could follow.", nameof(prompt));
        }

        Operations.Cancellation = cancellation;
        var start = Length;
        Reserve(prompt.Length);
        try
        {
            using var frame = Operations.Begin();
            ReadRows(Model.Merge(Operations, prompt, visual?.Rows), Model.PlacesOf(prompt, visual?.Layout, cache!.NextPosition), progress);
            foreach (var id in prompt)
            {
                ids.Add(id);
            }
        }
        catch
        {
            cache!.Truncate(start);
            throw;
        }
    }

    /// <summary>Reads ids that the model itself wrote, in one go; may be none. A placeholder among them is a token like others.</summary>
    internal void ReadWritten(ReadOnlySpan<int> written)
    {
        if (written.IsEmpty)
        {
            return;
        }

        Reserve(written.Length);
        using var frame = Operations.Begin();
        ReadRows(Model.Decoder.Place(Operations, written), null, null);
        foreach (var id in written)
        {
            ids.Add(id);
        }
    }

    /// <summary>Reads one token. Allocates nothing once room is reserved.</summary>
    public void Read(int id)
    {
        if (cache is null || cache.Length == cache.Capacity)
        {
            Reserve(1);
        }

        var start = cache!.Length;
        try
        {
            using var frame = Operations.Begin();
            var hidden = Model.Decoder.Forward(Operations, Model.Decoder.Place(Operations, [id]), cache, null);
            Operations.Copy(Model.Decoder.Logits(Operations, hidden), logits);
            ids.Add(id);
        }
        catch
        {
            // Cancelled before the head, the blocks have counted a token that the list of ids lacks.
            cache.Truncate(start);
            throw;
        }
    }

    /// <summary>Goes back to an earlier point of the conversation.</summary>
    /// <param name="idCount">Ids to keep.</param>
    /// <param name="length">Places to keep.</param>
    public void Rewind(int idCount, int length)
    {
        cache?.Truncate(Math.Min(length, cache.Length));
        ids.RemoveRange(idCount, Math.Max(0, ids.Count - idCount));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        cache?.Dispose();
        logits.Dispose();
        Operations.Dispose();
    }

    /// <summary>Reads embeddings chunk by chunk; room for them is reserved.</summary>
    private void ReadRows(Tensor sequence, SequencePlaces? places, Action<int>? progress)
    {
        for (var first = 0; first < sequence.Shape.Rows; first += LlamaDecoder.ChunkLength)
        {
            using var frame = Operations.Begin();
            var count = Math.Min(LlamaDecoder.ChunkLength, sequence.Shape.Rows - first);
            var hidden = Model.Decoder.Forward(Operations, sequence.Rows(first, count), cache!, places?.Slice(first, count));
            if (first + count == sequence.Shape.Rows)
            {
                Operations.Copy(Model.Decoder.Logits(Operations, hidden.Rows(count - 1, 1)), logits);
            }

            progress?.Invoke(first + count);
        }
    }
}
