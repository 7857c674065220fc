using Kinora.Media;
using Kinora.Models.Families;
using Kinora.Models.Generation;
using Kinora.Models.Language;

namespace Kinora.Models.Describing;

/// <summary>The first question about pictures, checked before anything is computed for it.</summary>
internal static class Opening
{
    /// <summary>The ids of the question, one placeholder per picture.</summary>
    /// <exception cref="DescribeException">The tokenizer is of another model, or the sequence doesn't fit the memory.</exception>
    public static int[] Ids(VisionLanguageModel model, string typed, int pictures, GenerationOptions options)
    {
        var ids = model.Tokenizer.Encode(model.FirstPrompt(typed, pictures), addSpecialTokens: true);
        if (ids.Count(id => id == model.ImageTokenId) is var places && places != pictures)
        {
            // Without this check a text about no picture would come out.
            throw new DescribeException($"the tokenizer makes {places} placeholders (id {model.ImageTokenId}) of {pictures} pictures; tokenizer and config.json are not of one model");
        }

        RefuseWhatCannotFit(model, (long)model.MergedLength(ids) + options.MaxNewTokens, pictures);
        return ids;
    }

    /// <summary>Encodes the pictures and reads the question into a new session, with room for the answer.</summary>
    public static void Read(Session session, int[] ids, IReadOnlyList<Picture> pictures, GenerationOptions options, Action<DescribePhase, int, int> progress, CancellationToken cancellation)
    {
        var model = session.Model;
        var length = model.MergedLength(ids);
        session.Reserve(length + TextGenerator.Room(options));
        using var pixels = pictures.Count == 0 ? null : model.Preprocess(pictures);
        using var visual = pixels is null ? null : session.Encode(pixels, done => progress(DescribePhase.Encode, done, pictures.Count), cancellation);
        session.Read(ids, visual, done => progress(DescribePhase.Read, done, length), cancellation);
    }

    /// <summary>Better said before the frames are encoded than by a process that is killed behind them.</summary>
    public static void RefuseWhatCannotFit(VisionLanguageModel model, long tokens, int frames)
    {
        const double Share = 0.9;
        var config = model.Decoder.Config;
        var counted = (int)Math.Min(int.MaxValue, tokens);
        var needed = KeyValueCache.BytesFor(config, counted, Session.CacheFormat(config, counted));
        var visual = 4L * frames * model.VisualTokens * config.HiddenSize * 2;
        var available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (needed + visual > available * Share)
        {
            throw new DescribeException($"{(frames > 0 ? $"{frames} frames make" : "the conversation comes to")} {tokens} tokens, whose cache takes {needed + visual >> 20} MiB of the {available >> 20} MiB here; use fewer --frames or fewer --max-tokens");
        }
    }
}
