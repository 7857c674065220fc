using Kinora.Models.Families;
using Kinora.Models.Generation;
using Kinora.Models.Inputs;
using Kinora.Models.Language;
using Kinora.Models.Planning;

namespace Kinora.Models.Describing;

/// <summary>The first question about something visual, checked before anything is computed for it.</summary>
internal sealed class Opening
{
    private readonly VisionLanguageModel model;
    private readonly IReadOnlyList<VisualMedia> media;
    private readonly VisualLayout layout;

    /// <summary>Lays the pictures out and makes the ids of the question.</summary>
    /// <exception cref="DescribeException">The tokenizer is of another model, or it can't look at such pictures.</exception>
    public Opening(VisionLanguageModel model, string typed, IReadOnlyList<VisualMedia> media)
    {
        (this.model, this.media) = (model, media);
        var shapes = media.Select(one => one.Shape).ToList();
        layout = model.Plan(shapes);
        var ids = model.Tokenize(model.FirstPrompt(typed, shapes), begins: true);
        if (model.Placeholders(ids) is var places && places != layout.Items.Count)
        {
            // Without this check a text about no picture would come out.
            throw new DescribeException($"the tokenizer makes {places} placeholders (id {model.ImageTokenId}) of {layout.Items.Count} pictures; tokenizer and config.json are not of one model");
        }

        RequireRows(model, ids);
        Ids = model.Expand(ids, layout);
    }

    /// <summary>The ids of the question, one for each place in the sequence.</summary>
    public int[] Ids { get; }

    /// <summary>Some published tokenizers have ids beyond the embeddings that no ordinary text comes to, so only those that do come are an error.</summary>
    /// <exception cref="DescribeException">An id without an embedding; placeholders need none.</exception>
    public static void RequireRows(VisionLanguageModel model, ReadOnlySpan<int> ids)
    {
        var rows = model.Decoder.Config.VocabularySize;
        foreach (var id in ids)
        {
            if ((uint)id >= (uint)rows && !model.IsPlaceholder(id))
            {
                throw new DescribeException($"the tokenizer makes the id {id} of this text, but the model has only {rows} embeddings (vocab_size); tokenizer and config.json are not of one model");
            }
        }
    }

    /// <summary>Encodes the pictures and reads the question into a new session, with room for the answer.</summary>
    /// <exception cref="DescribeException">It doesn't fit the memory.</exception>
    public void Read(Session session, GenerationOptions options, Action<DescribePhase, int, int> progress, CancellationToken cancellation)
    {
        var plan = SessionPlan.Of(model, Ids, layout, media.Sum(one => one.Frames.Count), options);
        Refuse(plan, AvailableMemory.Headroom());
        session.Operations.Workspace.Reserve(plan.WorkspaceBytes);
        session.Reserve(plan.PromptTokens + TextGenerator.Room(options));
        using var visual = media.Count == 0 ? null : Encode();
        session.Read(Ids, visual, done => progress(DescribePhase.Read, done, plan.PromptTokens), cancellation);

        VisualEmbeddings Encode()
        {
            using var input = model.Prepare(media);
            return session.Encode(input, (done, all) => progress(DescribePhase.Encode, done, all), cancellation);
        }
    }

    /// <summary>Better said before the frames are encoded than by a process that is killed behind them. The planner has looked before the weights were loaded, but knew neither this input's frames nor what would be left.</summary>
    internal static void Refuse(SessionPlan plan, long headroom)
    {
        if (plan.PeakBytes > headroom)
        {
            throw new DescribeException($"{plan.Frames} frames and the question make {plan.PromptTokens} tokens; with {plan.NewTokens} to write they take {ByteSize.Text(plan.PeakBytes)} of memory ({ByteSize.Text(plan.CacheBytes)} of it the key-value cache) and {ByteSize.Text(headroom)} is left; use fewer --frames or fewer --max-tokens");
        }
    }

    /// <summary>The same for a later question of a conversation, which only makes the cache longer.</summary>
    internal static void RefuseLonger(Session session, long tokens, long headroom)
    {
        var cache = session.Cache!;
        var counted = (int)Math.Min(int.MaxValue, session.Length + tokens);
        var growth = KeyValueCache.BytesFor(session.Model.Decoder.Config, counted, cache.Format) - cache.Bytes;
        if (growth > headroom)
        {
            throw new DescribeException($"the conversation comes to {session.Length + tokens} tokens, whose key-value cache takes {ByteSize.Text(growth)} more memory and {ByteSize.Text(headroom)} is left; use fewer --max-tokens, or /reset to start anew");
        }
    }
}
