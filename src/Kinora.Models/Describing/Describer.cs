using System.Diagnostics;
using Kinora.Media;
using Kinora.Models.Families;
using Kinora.Models.Generation;
using Kinora.Models.Inputs;

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
    /// <param name="text">The text as it is written, piece by piece; with beams, or where the model's family changes answers, in one piece.</param>
    /// <param name="progress">How far it is.</param>
    /// <param name="cancellation">Ends it, within a layer's time.</param>
    /// <exception cref="MediaException">The input can't be read.</exception>
    /// <exception cref="DescribeException">The prompt is too long, the sequence doesn't fit the memory, or the model's scores are no numbers.</exception>
    public async Task<Description> DescribeAsync(
        string path, DescribeOptions options, Func<Clip, Task>? clip = null, Action<string>? text = null, Action<DescribeProgress>? progress = null, CancellationToken cancellation = default)
    {
        TypedText.Checked(options.Prompt ?? "");
        await using var pending = new PendingClip(media, path, model.Complete(options.Frames), cancellation);
        return await DescribeAsync(path, pending, options, clip, text, progress, cancellation).ConfigureAwait(false);
    }

    /// <summary>Describes one input whose frames are being decoded already.</summary>
    /// <param name="path">A video, an animation, a picture, or a folder of pictures.</param>
    /// <param name="pending">Its frames; not disposed.</param>
    /// <param name="options">How; its frames are not looked at.</param>
    /// <param name="clip">The frames, once they are decoded; for contact sheets and tables.</param>
    /// <param name="text">The text as it is written, piece by piece; with beams, or where the model's family changes answers, in one piece.</param>
    /// <param name="progress">How far it is.</param>
    /// <param name="cancellation">Ends it, within a layer's time.</param>
    /// <exception cref="MediaException">The input can't be read.</exception>
    /// <exception cref="DescribeException">The prompt is too long, the sequence doesn't fit the memory, or the model's scores are no numbers.</exception>
    public async Task<Description> DescribeAsync(
        string path, PendingClip pending, DescribeOptions options, Func<Clip, Task>? clip = null, Action<string>? text = null, Action<DescribeProgress>? progress = null, CancellationToken cancellation = default)
    {
        TypedText.Checked(options.Prompt ?? "");
        var clock = Stopwatch.StartNew();
        var frames = await pending.WaitAsync(done => progress?.Invoke(new(DescribePhase.Decode, done.FramesDecoded, done.FramesExpected, clock.Elapsed))).ConfigureAwait(false);
        if (clip is not null)
        {
            await clip(frames).ConfigureAwait(false);
        }

        return Describe(path, frames, options, text, progress, pending.Seconds, cancellation);
    }

    /// <summary>Describes frames that are there, which may be any of a clip in any order.</summary>
    /// <param name="path">The input that they are of.</param>
    /// <param name="frames">The frames.</param>
    /// <param name="options">How; its frames are not looked at.</param>
    /// <param name="text">The text as it is written, piece by piece; with beams, or where the model's family changes answers, in one piece.</param>
    /// <param name="progress">How far it is.</param>
    /// <param name="decoding">Seconds that decoding took.</param>
    /// <param name="cancellation">Ends it, within a layer's time.</param>
    /// <exception cref="DescribeException">The prompt is too long, the sequence doesn't fit the memory, or the model's scores are no numbers.</exception>
    public Description Describe(string path, Clip frames, DescribeOptions options, Action<string>? text = null, Action<DescribeProgress>? progress = null, double decoding = 0, CancellationToken cancellation = default)
    {
        var asked = options.Prompt is null ? null : TypedText.Checked(options.Prompt);
        var seconds = new Dictionary<DescribePhase, double> { [DescribePhase.Decode] = decoding };
        var clock = new Stopwatch();
        var media = VisualMedia.Of(frames);
        var prompt = asked ?? model.DescribePrompt(media.IsVideo);
        var opening = new Opening(model, prompt, [media]);
        clock.Restart();
        using var session = new Session(model, cacheFormat: options.Generation.Cache);
        opening.Read(session, options.Generation, Follow, cancellation);
        Finish(DescribePhase.Read);

        var filter = model.AnswerFilter;
        var result = TextGenerator.Generate(
            session,
            options.Generation with { EndIds = model.EndIds, StopStrings = [.. options.Generation.StopStrings, .. model.StopStrings] },
            piece =>
            {
                if (filter is null)
                {
                    text?.Invoke(piece.Text);
                }

                progress?.Invoke(new(DescribePhase.Generate, piece.Tokens, options.Generation.MaxNewTokens, clock.Elapsed));
            },
            cancellation);
        Finish(DescribePhase.Generate);
        var written = filter?.Invoke(result.Text) ?? result.Text;
        if (filter is not null)
        {
            text?.Invoke(written);
        }

        return new Description
        {
            Input = path,
            Text = written,
            Media = frames.Info,
            Frames = [.. frames.Frames.Select(frame => (frame.Index, frame.Time))],
            End = EndOf(frames),
            Prompt = prompt,
            PromptTokens = opening.Ids.Length,
            Ids = result.Ids,
            Finish = result.Finish,
            Seconds = seconds,
        };

        void Follow(DescribePhase phase, int done, int total)
        {
            progress?.Invoke(new(phase, done, total, clock.Elapsed));
            if (phase == DescribePhase.Encode && done == total)
            {
                Finish(phase);
            }
        }

        void Finish(DescribePhase phase)
        {
            seconds[phase] = clock.Elapsed.TotalSeconds;
            clock.Restart();
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
}
