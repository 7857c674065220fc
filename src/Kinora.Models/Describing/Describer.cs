using System.Diagnostics;
using Kinora.Media;
using Kinora.Models.Families;
using Kinora.Models.Generation;
using Kinora.Models.Language;

namespace Kinora.Models.Describing;

/// <summary>From a video file to its description: choose and decode frames, encode them, read the prompt, write.</summary>
public sealed class Describer
{
    private readonly VisionLanguageModel model;
    private readonly MediaReader media;

    /// <summary>Prepares describing with a model.</summary>
    /// <param name="model">The model; not owned.</param>
    /// <param name="media">Reads frames; by default with the default limits.</param>
    public Describer(VisionLanguageModel model, MediaReader? media = null) => (this.model, this.media) = (model, media ?? new MediaReader());

    /// <summary>Describes one input.</summary>
    /// <param name="path">A video, an animation, a picture, or a folder of pictures.</param>
    /// <param name="options">How.</param>
    /// <param name="clip">The frames, once they are decoded; for contact sheets and tables.</param>
    /// <param name="text">The text as it is written, piece by piece; with beams in one piece.</param>
    /// <param name="progress">How far it is.</param>
    /// <param name="cancellation">Ends it, within a layer's time.</param>
    /// <exception cref="MediaException">The input can't be read.</exception>
    /// <exception cref="DescribeException">The sequence doesn't fit the memory, or the model's scores are no numbers.</exception>
    public async Task<Description> DescribeAsync(
        string path, DescribeOptions options, Func<Clip, Task>? clip = null, Action<string>? text = null, Action<DescribeProgress>? progress = null, CancellationToken cancellation = default)
    {
        var seconds = new Dictionary<DescribePhase, double>();
        var request = options.Frames ?? new FrameRequest { Count = model.DefaultFrames };

        var clock = Stopwatch.StartNew();
        var decoding = new ProgressAdapter(done => progress?.Invoke(new(DescribePhase.Decode, done.FramesDecoded, done.FramesExpected, clock.Elapsed)));
        var frames = await media.ReadAsync(path, request, decoding, cancellation).ConfigureAwait(false);
        Finish(DescribePhase.Decode, frames.Frames.Count);
        if (clip is not null)
        {
            await clip(frames).ConfigureAwait(false);
        }

        var prompt = options.Prompt ?? model.DescribePrompt(video: frames.Frames.Count > 1 || frames.Info.Kind is MediaKind.Video or MediaKind.Animation);
        var ids = model.Tokenizer.Encode(model.FirstPrompt(prompt, frames.Frames.Count), addSpecialTokens: true);
        RequirePlaceholders(model, ids, frames.Frames.Count);
        RefuseWhatCannotFit(model, (long)model.MergedLength(ids) + options.Generation.MaxNewTokens, frames.Frames.Count);

        clock.Restart();
        using var session = new Session(model);
        using var pixels = model.Preprocess([.. frames.Frames.Select(frame => frame.Picture)]);
        using var visual = session.Encode(pixels, done => progress?.Invoke(new(DescribePhase.Encode, done, frames.Frames.Count, clock.Elapsed)), cancellation);
        Finish(DescribePhase.Encode, frames.Frames.Count);

        clock.Restart();
        var length = model.MergedLength(ids);
        session.Reserve(length + options.Generation.MaxNewTokens);
        session.Read(ids, visual, done => progress?.Invoke(new(DescribePhase.Read, done, length, clock.Elapsed)), cancellation);
        Finish(DescribePhase.Read, length);

        clock.Restart();
        var written = 0;
        var result = TextGenerator.Generate(
            session,
            options.Generation with { EndIds = model.EndIds },
            piece =>
            {
                text?.Invoke(piece.Text);
                progress?.Invoke(new(DescribePhase.Generate, written = piece.Tokens, options.Generation.MaxNewTokens, clock.Elapsed));
            },
            cancellation);
        Finish(DescribePhase.Generate, written);

        return new Description
        {
            Input = path,
            Text = result.Text,
            Media = frames.Info,
            Frames = [.. frames.Frames.Select(frame => (frame.Index, frame.Time))],
            End = EndOf(frames),
            Prompt = prompt,
            PromptTokens = length,
            Ids = result.Ids,
            Finish = result.Finish,
            Seconds = seconds,
        };

        void Finish(DescribePhase phase, int done) => seconds[phase] = clock.Elapsed.TotalSeconds;
    }

    /// <summary>Without this check a text about no picture would come out.</summary>
    internal static void RequirePlaceholders(VisionLanguageModel model, ReadOnlySpan<int> ids, int pictures)
    {
        if (ids.Count(model.ImageTokenId) is var places && places != pictures)
        {
            throw new DescribeException($"the tokenizer makes {places} placeholders (id {model.ImageTokenId}) of {pictures} pictures; tokenizer and config.json are not of one model");
        }
    }

    /// <summary>The last frame is shown for one period of the average rate, but not beyond the header's duration.</summary>
    private static double? EndOf(Clip clip)
    {
        if (clip.Info.Kind is not (MediaKind.Video or MediaKind.Animation))
        {
            return null;
        }

        var last = clip.Frames.Max(frame => frame.Time);
        var rate = clip.Info.AverageRate.Value;
        var end = rate > 0 ? last + (1 / rate) : clip.Info.Duration ?? last;
        return clip.Info.Duration is { } duration && duration > last ? Math.Min(end, duration) : end;
    }

    /// <summary>Better said before the frames are encoded than by a process that is killed behind them.</summary>
    internal static void RefuseWhatCannotFit(VisionLanguageModel model, long tokens, int frames)
    {
        const double Share = 0.9;
        var config = model.Decoder.Config;
        var needed = KeyValueCache.BytesFor(config, (int)Math.Min(int.MaxValue, tokens), Session.CacheFormat(config, (int)Math.Min(int.MaxValue, tokens)));
        var visual = 4L * frames * model.VisualTokens * config.HiddenSize * 2;
        var available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (needed + visual > available * Share)
        {
            throw new DescribeException($"{(frames > 0 ? $"{frames} frames make" : "the conversation comes to")} {tokens} tokens, whose cache takes {needed + visual >> 20} MiB of the {available >> 20} MiB here; use fewer --frames or fewer --max-tokens");
        }
    }

    private sealed class ProgressAdapter(Action<DecodeProgress> report) : IProgress<DecodeProgress>
    {
        public void Report(DecodeProgress value) => report(value);
    }
}
