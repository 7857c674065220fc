using Kinora.Media;
using Kinora.Models.Families;
using Kinora.Models.Generation;
using Kinora.Models.Language;
using Kinora.Models.Planning;
using Kinora.Tensors;

namespace Kinora.Models.Describing;

/// <summary>The first question about pictures, checked before anything is computed for it.</summary>
internal static class Opening
{
    /// <summary>The ids of the question, one placeholder per picture.</summary>
    /// <exception cref="DescribeException">The tokenizer is of another model.</exception>
    public static int[] Ids(VisionLanguageModel model, string typed, int pictures, GenerationOptions options)
    {
        var ids = model.Tokenizer.Encode(model.FirstPrompt(typed, pictures), addSpecialTokens: true);
        if (ids.Count(id => id == model.ImageTokenId) is var places && places != pictures)
        {
            // Without this check a text about no picture would come out.
            throw new DescribeException($"the tokenizer makes {places} placeholders (id {model.ImageTokenId}) of {pictures} pictures; tokenizer and config.json are not of one model");
        }

        RequireRows(model, ids);
        return ids;
    }

    /// <summary>Some published tokenizers have ids beyond the embeddings that no ordinary text comes to, so only those that do come are an error.</summary>
    /// <exception cref="DescribeException">An id without an embedding; placeholders need none.</exception>
    public static void RequireRows(VisionLanguageModel model, ReadOnlySpan<int> ids)
    {
        var rows = model.Decoder.Config.VocabularySize;
        foreach (var id in ids)
        {
            if ((uint)id >= (uint)rows && id != model.ImageTokenId)
            {
                throw new DescribeException($"the tokenizer makes the id {id} of this text, but the model has only {rows} embeddings (vocab_size); tokenizer and config.json are not of one model");
            }
        }
    }

    /// <summary>Encodes the pictures and reads the question into a new session, with room for the answer.</summary>
    /// <exception cref="DescribeException">It doesn't fit the memory.</exception>
    public static void Read(Session session, int[] ids, IReadOnlyList<Picture> pictures, GenerationOptions options, Action<DescribePhase, int, int> progress, CancellationToken cancellation)
    {
        var model = session.Model;
        var plan = SessionPlan.Of(model, ids, options);
        Refuse(plan, AvailableMemory.Headroom());
        session.Operations.Workspace.Reserve(plan.WorkspaceBytes);
        session.Reserve(plan.PromptTokens + TextGenerator.Room(options));
        using var visual = pictures.Count == 0 ? null : Encode();
        session.Read(ids, visual, done => progress(DescribePhase.Read, done, plan.PromptTokens), cancellation);

        Tensor Encode()
        {
            using var pixels = model.Preprocess(pictures);
            return session.Encode(pixels, done => progress(DescribePhase.Encode, done, pictures.Count), cancellation);
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
