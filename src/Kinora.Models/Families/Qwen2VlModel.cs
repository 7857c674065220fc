using Kinora.Media;
using Kinora.Models.Checkpoints;
using Kinora.Models.Connectors;
using Kinora.Models.Conversations;
using Kinora.Models.Describing;
using Kinora.Models.Inputs;
using Kinora.Models.Language;
using Kinora.Models.Tokenization;
using Kinora.Models.Vision;
using Kinora.Models.Weights;
using Kinora.Tensors;

namespace Kinora.Models.Families;

/// <summary>
/// The network of Qwen2-VL (Wang et al. 2024, arXiv 2409.12191), which Tarsier2 shares. Pictures keep their aspect; a tower with positions of
/// rows and columns looks at each step of time alone; four neighbouring patches become one token; and the decoder counts tokens along time,
/// rows and columns. What a family adds is how pictures become steps of time, and of which size.
/// </summary>
public abstract class Qwen2VlModel : VisionLanguageModel
{
    private readonly Qwen2VisionTower tower;
    private readonly PatchMerger merger;
    private readonly LlamaDecoder decoder;
    private readonly ChatMlPrompt prompts;

    /// <summary>Takes all tensors.</summary>
    /// <param name="checkpoint">Owned from now on.</param>
    /// <param name="weights">Owned from now on.</param>
    /// <param name="parts">Sizes and processor.</param>
    /// <param name="towerKeys">What the names of tower and merger begin with: <c>visual.</c></param>
    /// <param name="textKeys">What the names of the decoder begin with.</param>
    /// <param name="image">The placeholder of a picture.</param>
    /// <param name="video">The placeholder of a video.</param>
    private protected Qwen2VlModel(Checkpoint checkpoint, WeightLoader weights, Qwen2VlParts parts, string towerKeys, string textKeys, string image, string video)
        : base(checkpoint, weights, checkpoint.OtherTokenizer ?? Tokenizer.Load(checkpoint.Directory))
    {
        Processor = parts.Processor;
        prompts = new ChatMlPrompt(ChatMlPrompt.SystemOf(checkpoint.Directory), image, video);
        EndIds = EndTokens.Find(checkpoint, Tokenizer);
        tower = new Qwen2VisionTower(weights, parts.Vision, towerKeys);
        merger = new PatchMerger(weights, parts.Vision, $"{towerKeys}merger.");
        decoder = new LlamaDecoder(weights, parts.Text, textKeys);
        if (parts.Text.TiedHead)
        {
            checkpoint.Ignore($"{textKeys}lm_head.", "tie_word_embeddings makes the embedding table the head");
        }

        checkpoint.Ignore(name => name.EndsWith(".rotary_emb.inv_freq", StringComparison.Ordinal) || name.EndsWith(".rotary_pos_emb.inv_freq", StringComparison.Ordinal), "a constant of older library versions");
        checkpoint.Complete();
    }

    /// <inheritdoc/>
    public override LlamaDecoder Decoder => decoder;

    /// <inheritdoc/>
    public override int TowerWidth => tower.Config.EmbedSize;

    /// <inheritdoc/>
    public override int TowerLayers => tower.Config.Layers;

    /// <inheritdoc/>
    public override IReadOnlyList<int> EndIds { get; }

    /// <inheritdoc/>
    public override int DefaultFrames => 16;

    /// <inheritdoc/>
    public override FrameRule DefaultRule => FrameRule.Distinct;

    /// <summary>The sizes of the tower.</summary>
    public Qwen2VisionConfig Vision => tower.Config;

    /// <summary>Resizes pictures and lays them out in patches.</summary>
    public PatchImageProcessor Processor { get; }

    /// <inheritdoc/>
    public override Shape PixelShape(VisualLayout layout) => new(layout.PixelRows, tower.Config.PatchLength);

    /// <inheritdoc/>
    public override Tensor Encode(TensorOperations operations, Tensor pixels, IReadOnlyList<VisualUnit> units) => tower.Forward(operations, pixels, units);

    /// <inheritdoc/>
    public override Tensor Connect(TensorOperations operations, Tensor features, IReadOnlyList<VisualUnit> units) => merger.Forward(operations, features);

    /// <inheritdoc/>
    public override SequencePlaces? PlacesOf(ReadOnlySpan<int> ids, VisualLayout? layout, int first)
        => layout is { Items.Count: > 0 } ? new(AxisPositions.Of(ids, IsPlaceholder, layout.Items, first)) : null;

    /// <inheritdoc/>
    public override string DescribePrompt(bool video) => video ? "Describe the video in detail." : "Describe the image in detail.";

    /// <inheritdoc/>
    public override IReadOnlyList<PromptSpan> FirstPrompt(string typed, IReadOnlyList<VisualShape> media)
        => Render([new(Role.User, [.. media.Select(one => one.IsVideo ? MessagePart.Video : MessagePart.Picture), MessagePart.Of(typed)])]);

    /// <inheritdoc/>
    public override IReadOnlyList<PromptSpan> NextPrompt(string typed) => ChatMlPrompt.Next(typed);

    /// <summary>The spans of a whole conversation, pictures and videos anywhere in it; one that ends with what the model said stays open for the rest.</summary>
    public IReadOnlyList<PromptSpan> Render(IReadOnlyList<Message> messages) => prompts.Render(messages);

    /// <summary>The layout of pictures and videos.</summary>
    /// <param name="media">Their sizes.</param>
    /// <param name="pictures">How many pictures the patches of one go through, a whole number of steps of time.</param>
    /// <param name="sized">The size of its pictures when the processor gets them.</param>
    /// <exception cref="DescribeException">A size that can't be.</exception>
    protected VisualLayout Layout(IReadOnlyList<VisualShape> media, Func<VisualShape, int> pictures, Func<VisualShape, (int Width, int Height)> sized)
    {
        var (items, units) = (new List<VisualItem>(), new List<VisualUnit>());
        foreach (var one in media)
        {
            var (width, height) = Fit(one, sized);
            var slice = PatchSlice.Of(height / Vision.PatchSize, width / Vision.PatchSize, Vision.MergeSize);
            var time = pictures(one) / Vision.TemporalPatchSize;
            items.Add(new(checked(time * slice.Tokens), time, slice.Rows / Vision.MergeSize, slice.Columns / Vision.MergeSize));
            units.AddRange(Enumerable.Repeat(slice, time));
        }

        return new(items, units);
    }

    /// <summary>The pixels of pictures and videos.</summary>
    /// <param name="layout">What <see cref="Layout"/> gave for them.</param>
    /// <param name="pictures">All pictures that the patches go through, in order; those of a step that are the same object are worked on once.</param>
    /// <param name="shape">What is done to each before the processor has it; sizes that can't be are no longer expected.</param>
    protected VisualInput Fill(VisualLayout layout, IReadOnlyList<Picture> pictures, Func<Picture, Picture> shape)
    {
        var pixels = Tensor.Allocate(PixelShape(layout), zeroed: false);
        try
        {
            var (time, starts) = (Vision.TemporalPatchSize, new int[layout.Units.Count + 1]);
            for (var i = 0; i < layout.Units.Count; i++)
            {
                starts[i + 1] = starts[i] + layout.Units[i].PixelRows;
            }

            // Step by step on each thread: all pictures resized at once would take as much memory again.
            Parallel.For(0, layout.Units.Count, i =>
            {
                var (slice, step) = ((PatchSlice)layout.Units[i], new Picture[time]);
                for (var t = 0; t < time; t++)
                {
                    var picture = pictures[(i * time) + t];
                    step[t] = t > 0 && picture == pictures[(i * time) + t - 1] ? step[t - 1] : shape(picture);
                }

                Processor.Process(step, slice.Columns * Vision.PatchSize, slice.Rows * Vision.PatchSize, pixels.Rows(starts[i], slice.PixelRows).AsSpan());
            });
            return new(pixels, layout);
        }
        catch
        {
            pixels.Dispose();
            throw;
        }
    }

    /// <summary>Pictures to which the last one is added again until they are a whole number of steps of time.</summary>
    protected int WholeSteps(int pictures) => (pictures + Vision.TemporalPatchSize - 1) / Vision.TemporalPatchSize * Vision.TemporalPatchSize;

    private (int Width, int Height) Fit(VisualShape media, Func<VisualShape, (int Width, int Height)> sized)
    {
        var (own, prepared) = ((media.Width, media.Height), (media.Width, media.Height));
        try
        {
            prepared = sized(media);
            return Processor.OutputSize(prepared.Width, prepared.Height);
        }
        catch (ArgumentException error)
        {
            throw new DescribeException(prepared == own ? error.Message : $"a picture of {own.Width}x{own.Height} pixels can't be looked at: brought under the limit of pixels it is {error.Message}");
        }
    }
}
