using Kinora.Media;
using Kinora.Models.Describing;
using Kinora.Models.Families;
using Kinora.Models.Generation;
using Kinora.Tensors;
using Kinora.Training.Data;
using Kinora.Training.Data.Loading;

namespace Kinora.Training.Preferences;

/// <summary>
/// Makes preference pairs by Tarsier2's recipe (arXiv 2501.07888): a model describes a clip, then the same clip with spoiled frames, with the same settings; both texts are compared with what a
/// human wrote. Not thread-safe.
/// </summary>
/// <param name="model">The model; not owned.</param>
/// <param name="scorer">Compares texts.</param>
/// <param name="settings">How.</param>
/// <param name="media">Reads clips; null: with the default limits.</param>
public sealed class PairMaker(VisionLanguageModel model, IDescriptionScorer scorer, PairSettings settings, MediaReader? media = null)
{
    // JSON's readers keep whole numbers up to here.
    private const int SeedBits = 53;

    private readonly MediaReader media = media ?? new MediaReader();
    private readonly Describer describer = new(model);

    /// <summary>Makes the pair of a record. Which texts come out follows from the record's content and the seed alone.</summary>
    /// <param name="sample">One video or sequence of pictures, and one question at most, with the human's text.</param>
    /// <param name="seed">The record's own.</param>
    /// <param name="cancellation">Ends it, within a layer's time.</param>
    /// <exception cref="SampleException">The record is of another kind, or its clip has one frame only.</exception>
    /// <exception cref="MediaException">The clip can't be read.</exception>
    /// <exception cref="DescribeException">It can't be described.</exception>
    public async Task<PreferencePair> MakeAsync(TrainingSample sample, ulong seed, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(sample);
        if (sample.Media is not [{ Kind: not TrainingMediaKind.Picture } entry] || sample.Turns is not [var turn])
        {
            throw new SampleException(sample.Source, $"it has {sample.Media.Count} pictures or videos and {sample.Turns.Count} answers; expected one video, or frames, and one text about it");
        }

        var clip = await ClipReading.ReadAsync(media, entry, settings.Frames ?? model.DefaultFrames, model.DefaultRule, cancellation).ConfigureAwait(false);
        if (clip.Frames.Count < 2)
        {
            throw new SampleException(sample.Source, "its clip has one frame only, which can't be spoiled; expected at least two");
        }

        // As describe asks; a clip of which spoiling leaves one frame is asked about in the same words.
        var question = turn.Question.Length > 0 ? turn.Question : model.DescribePrompt(video: true);
        var (chosenSeed, rejectedSeed, corruptionSeed) = (Seed(seed, 0), Seed(seed, 1), Seed(seed, 2));
        var (kind, frames) = settings.Corruption is { } fixedKind ? (fixedKind, FrameCorruption.Of(fixedKind, clip.Frames.Count, corruptionSeed)) : FrameCorruption.Any(clip.Frames.Count, corruptionSeed);
        var spoiled = new Clip(clip.Info, [.. frames.Select(frame => clip.Frames[frame])], clip.DecodeErrors);
        var (chosen, rejected) = (Describe(clip, chosenSeed), Describe(spoiled, rejectedSeed));
        var (chosenText, rejectedText) = (chosen.Text.Trim(), rejected.Text.Trim());
        return new(
            chosenText,
            rejectedText,
            kind,
            frames,
            chosenSeed,
            rejectedSeed,
            corruptionSeed,
            await scorer.ScoreAsync(chosenText, turn.Answer, cancellation).ConfigureAwait(false),
            await scorer.ScoreAsync(rejectedText, turn.Answer, cancellation).ConfigureAwait(false),
            chosen.Finish == FinishReason.Length);

        Description Describe(Clip pictures, ulong own)
            => describer.Describe(entry.Paths[0], pictures, new DescribeOptions { Prompt = question, Generation = settings.Generation with { Seed = own } }, cancellation: cancellation);
    }

    private static ulong Seed(ulong seed, ulong number) => CounterRandom.Mix(seed, number) >> (64 - SeedBits);
}
