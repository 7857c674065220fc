using Kinora.Media;
using Kinora.Models.Checkpoints;
using Kinora.Models.Describing;
using Kinora.Models.Inputs;
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

    /// <summary>The id that pictures have in a prompt: once for each of their places in the sequence; as text is tokenised, maybe once for all of them.</summary>
    public abstract int ImageTokenId { get; }

    /// <summary>Width of the tower's features.</summary>
    public abstract int TowerWidth { get; }

    /// <summary>Blocks of the tower in the checkpoint, those behind the feature layer counted.</summary>
    public abstract int TowerLayers { get; }

    /// <summary>Ids that end an answer.</summary>
    public abstract IReadOnlyList<int> EndIds { get; }

    /// <summary>Frames of a video that the model was made for.</summary>
    public abstract int DefaultFrames { get; }

    /// <summary>Texts that are followed at once unless something else is asked for.</summary>
    public virtual int DefaultBeams => 1;

    /// <summary>How a video's frames are chosen unless something else is asked for.</summary>
    public virtual FrameRule DefaultRule => FrameRule.Uniform;

    /// <summary>What a user should know of the model's files, a line each.</summary>
    public virtual IReadOnlyList<string> Notes => [];

    /// <summary>Texts that end a description beside the end ids.</summary>
    public virtual IReadOnlyList<string> StopStrings => [];

    /// <summary>What becomes of an answer before it is given out; null: nothing, so that it can be shown while it is written.</summary>
    public virtual Func<string, string>? AnswerFilter => null;

    /// <summary>What was set for this run.</summary>
    public ModelSettings Settings { get; private set; } = new();

    /// <summary>Sets what a run wants otherwise than the model's files say; not while a session is open.</summary>
    /// <exception cref="DescribeException">The family has no such setting.</exception>
    public void Apply(ModelSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        Check(settings);
        Settings = settings;
    }

    /// <summary>A request for frames with what it leaves open as the model was made for.</summary>
    public FrameRequest Complete(FrameRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request.WithDefault(DefaultFrames, DefaultRule);
    }

    /// <summary>How pictures of these sizes are laid out.</summary>
    /// <exception cref="DescribeException">Pictures that the model can't look at.</exception>
    public abstract VisualLayout Plan(IReadOnlyList<VisualShape> media);

    /// <summary>Pictures as the tower wants them.</summary>
    /// <returns>Owned by the caller.</returns>
    /// <exception cref="DescribeException">Pictures that the model can't look at.</exception>
    public abstract VisualInput Prepare(IReadOnlyList<VisualMedia> media);

    /// <summary>The shape of the pixels of a layout.</summary>
    public abstract Shape PixelShape(VisualLayout layout);

    /// <summary>The tower: pixels to features, [rows, <see cref="TowerWidth"/>]. The observer sees <c>vision_output</c>.</summary>
    /// <param name="operations">What to compute with.</param>
    /// <param name="pixels">Those of the units.</param>
    /// <param name="units">Units of a layout, or parts of one.</param>
    public abstract Tensor Encode(TensorOperations operations, Tensor pixels, IReadOnlyList<VisualUnit> units);

    /// <summary>The connector: features to what stands in the sequence, [tokens, hidden]. The observer sees <c>connector_output</c>.</summary>
    /// <param name="operations">What to compute with.</param>
    /// <param name="features">What <see cref="Encode"/> gave for the units.</param>
    /// <param name="units">Whole units of a layout.</param>
    public abstract Tensor Connect(TensorOperations operations, Tensor features, IReadOnlyList<VisualUnit> units);

    /// <summary>The prompt that asks for a description.</summary>
    /// <param name="video">Whether the pictures are frames of a video.</param>
    public abstract string DescribePrompt(bool video);

    /// <summary>The spans of the first question of a conversation, with one placeholder for each item of the media's layout.</summary>
    public abstract IReadOnlyList<PromptSpan> FirstPrompt(string typed, IReadOnlyList<VisualShape> media);

    /// <summary>The spans that follow an answer: its end and the next question.</summary>
    public abstract IReadOnlyList<PromptSpan> NextPrompt(string typed);

    /// <summary>Ids of a prompt; placeholders may stand for several places yet.</summary>
    /// <param name="spans">The prompt.</param>
    /// <param name="begins">Whether it begins a conversation.</param>
    public virtual int[] Tokenize(IReadOnlyList<PromptSpan> spans, bool begins) => Tokenizer.Encode(spans, addSpecialTokens: begins);

    /// <summary>Whether an id stands for something visual.</summary>
    public virtual bool IsPlaceholder(int id) => id == ImageTokenId;

    /// <summary>Ids with one placeholder for each place that pictures take in the sequence.</summary>
    /// <param name="ids">Ids with a placeholder for each item, or for each place already.</param>
    /// <param name="layout">What the placeholders stand for.</param>
    /// <exception cref="ArgumentException">The placeholders don't match the pictures.</exception>
    public int[] Expand(ReadOnlySpan<int> ids, VisualLayout layout)
    {
        ArgumentNullException.ThrowIfNull(layout);
        var places = Placeholders(ids);
        if (places == layout.Tokens)
        {
            return ids.ToArray();
        }

        if (places != layout.Items.Count)
        {
            throw new ArgumentException($"The prompt has {places} placeholders for {layout.Items.Count} pictures, which take {layout.Tokens} places.", nameof(ids));
        }

        var (expanded, item) = (new List<int>(ids.Length + layout.Tokens), 0);
        foreach (var id in ids)
        {
            expanded.AddRange(Enumerable.Repeat(id, IsPlaceholder(id) ? layout.Items[item++].Tokens : 1));
        }

        return [.. expanded];
    }

    /// <summary>The number of placeholders among ids.</summary>
    public int Placeholders(ReadOnlySpan<int> ids)
    {
        var count = 0;
        foreach (var id in ids)
        {
            count += IsPlaceholder(id) ? 1 : 0;
        }

        return count;
    }

    /// <summary>What the decoder has to know of a prompt's rows beside their values; null: nothing.</summary>
    /// <param name="ids">Token ids with one placeholder for each visual row.</param>
    /// <param name="layout">What the placeholders stand for, or null.</param>
    /// <param name="first">The position of the first token.</param>
    public virtual SequencePlaces? PlacesOf(ReadOnlySpan<int> ids, VisualLayout? layout, int first) => null;

    /// <summary>The sequence that the decoder reads: embeddings of the tokens, with visual rows in the places of placeholders.</summary>
    /// <param name="operations">What to compute with; the observer sees <c>inputs_embeds</c>.</param>
    /// <param name="ids">Token ids with one placeholder for each visual row.</param>
    /// <param name="rows">What <see cref="Connect"/> gave, or null without pictures.</param>
    /// <returns>[tokens, hidden].</returns>
    /// <exception cref="ArgumentException">The placeholders don't match the rows.</exception>
    public Tensor Merge(TensorOperations operations, ReadOnlySpan<int> ids, Tensor? rows)
    {
        var places = Placeholders(ids);
        if (places != (rows?.Shape.Rows ?? 0))
        {
            throw new ArgumentException($"The prompt has {places} placeholders for {rows?.Shape.Rows ?? 0} visual rows.", nameof(ids));
        }

        var merged = operations.New(ids.Length, Decoder.Config.HiddenSize);
        using var frame = operations.Begin();
        var plan = operations.Indices(ids.Length);
        var row = 0;
        for (var place = 0; place < ids.Length; place++)
        {
            plan[place] = IsPlaceholder(ids[place]) ? ~row++ : ids[place];
        }

        return operations.Observe("inputs_embeds", Decoder.Place(operations, plan, rows, merged));
    }

    /// <summary>Refuses settings that mean nothing here; without an override, all but the number of frames and of beams.</summary>
    /// <exception cref="DescribeException">They mean nothing here.</exception>
    protected virtual void Check(ModelSettings settings)
    {
        if (settings.Pooling is { } target)
        {
            throw new DescribeException($"the family '{Family}' averages no features, so pooling to {target} means nothing; leave --pooling out");
        }

        if (settings.Compatibility == Compatibility.Original)
        {
            throw new DescribeException($"for the family '{Family}' there is nothing that the original does otherwise; leave --compat out");
        }
    }

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
