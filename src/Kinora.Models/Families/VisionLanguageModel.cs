using Kinora.Media;
using Kinora.Models.Checkpoints;
using Kinora.Models.Language;
using Kinora.Models.Tokenization;
using Kinora.Models.Weights;
using Kinora.Tensors;

namespace Kinora.Models.Families;

/// <summary>A model that reads pictures and text and writes text. A family composes tower, connector, decoder, prompts and preprocessing.</summary>
public abstract class VisionLanguageModel : IDisposable
{
    /// <summary>Sets what all families have.</summary>
    /// <param name="checkpoint">Owned from now on.</param>
    /// <param name="weights">Owned from now on.</param>
    /// <param name="tokenizer">The tokenizer of the model directory.</param>
    protected VisionLanguageModel(Checkpoint checkpoint, WeightLoader weights, Tokenizer tokenizer)
        => (Checkpoint, Weights, Tokenizer) = (checkpoint, weights, tokenizer);

    /// <summary>The family's name as <c>golden.json</c> has it.</summary>
    public abstract string Family { get; }

    /// <summary>Where the weights lie.</summary>
    public Checkpoint Checkpoint { get; }

    /// <summary>What was taken, by part and format.</summary>
    public WeightLoader Weights { get; }

    /// <summary>Text to ids and back.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>The language model.</summary>
    public abstract LlamaDecoder Decoder { get; }

    /// <summary>The id that stands for one picture in a prompt.</summary>
    public abstract int ImageTokenId { get; }

    /// <summary>Places that one picture takes in the decoder's sequence.</summary>
    public abstract int VisualTokens { get; }

    /// <summary>Rows that one picture takes in the tower.</summary>
    public abstract int TowerRows { get; }

    /// <summary>Width of the tower's features.</summary>
    public abstract int TowerWidth { get; }

    /// <summary>Blocks of the tower in the checkpoint, those behind the feature layer counted.</summary>
    public abstract int TowerLayers { get; }

    /// <summary>Ids that end an answer.</summary>
    public abstract IReadOnlyList<int> EndIds { get; }

    /// <summary>Frames of a video that the model was made for.</summary>
    public abstract int DefaultFrames { get; }

    /// <summary>Pictures as the tower wants them.</summary>
    /// <returns>[frames, 3, side, side]; owned by the caller.</returns>
    public abstract Tensor Preprocess(IReadOnlyList<Picture> frames);

    /// <summary>The shape that <see cref="Preprocess"/> gives so many pictures.</summary>
    public abstract Shape PixelShape(int frames);

    /// <summary>The tower: pixels to features, [frames * patches, vision]. The observer sees <c>vision_output</c>.</summary>
    public abstract Tensor EncodeFrames(TensorOperations operations, Tensor pixels);

    /// <summary>The connector: features to what stands in the sequence, [frames * <see cref="VisualTokens"/>, hidden]. The observer sees <c>connector_output</c>.</summary>
    public abstract Tensor Connect(TensorOperations operations, Tensor features, int frames);

    /// <summary>The prompt that asks for a description.</summary>
    /// <param name="video">Whether the pictures are frames of a video.</param>
    public abstract string DescribePrompt(bool video);

    /// <summary>The spans of the first question of a conversation.</summary>
    public abstract IReadOnlyList<PromptSpan> FirstPrompt(string typed, int frames);

    /// <summary>The spans that follow an answer: its end and the next question.</summary>
    public abstract IReadOnlyList<PromptSpan> NextPrompt(string typed);

    /// <summary>The sequence that the decoder reads: embeddings of the tokens, with each placeholder replaced by the next picture's rows.</summary>
    /// <param name="operations">What to compute with; the observer sees <c>inputs_embeds</c>.</param>
    /// <param name="ids">Token ids with one placeholder per picture.</param>
    /// <param name="visual">What <see cref="Connect"/> gave, or null without pictures.</param>
    /// <returns>[tokens, hidden].</returns>
    /// <exception cref="ArgumentException">The placeholders don't match the pictures.</exception>
    public Tensor Merge(TensorOperations operations, ReadOnlySpan<int> ids, Tensor? visual)
    {
        var places = ids.Count(ImageTokenId);
        var (pictures, rest) = Math.DivRem(visual?.Shape.Rows ?? 0, VisualTokens);
        if (rest != 0)
        {
            throw new ArgumentException($"{visual!.Shape.Rows} visual vectors are no whole pictures of {VisualTokens}.", nameof(visual));
        }

        if (places != pictures && places > 0)
        {
            throw new ArgumentException($"The prompt has {places} picture placeholders for {pictures} pictures.", nameof(ids));
        }

        var merged = operations.New(MergedLength(ids), Decoder.Config.HiddenSize);
        using var frame = operations.Begin();
        var plan = operations.Indices(merged.Shape.Rows);
        var (place, row) = (0, 0);
        foreach (var id in ids)
        {
            if (id != ImageTokenId)
            {
                plan[place++] = id;
                continue;
            }

            for (var end = row + VisualTokens; row < end; row++)
            {
                plan[place++] = ~row;
            }
        }

        return operations.Observe("inputs_embeds", Decoder.Place(operations, plan, visual, merged));
    }

    /// <summary>The length of the sequence that ids with placeholders become.</summary>
    public int MergedLength(ReadOnlySpan<int> ids) => checked(ids.Length + (ids.Count(ImageTokenId) * (VisualTokens - 1)));

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives weights and mapped files back.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            Decoder.Dispose();
            Weights.Dispose();
            Checkpoint.Dispose();
        }
    }
}
