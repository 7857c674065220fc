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
    /// <param name="media">Of each the pictures that the patches go through, a whole number of steps of time, and the size at which the processor gets them.</param>
    /// <exception cref="DescribeException">A size that can't be.</exception>
    protected VisualLayout Layout(IEnumerable<(int Pictures, int Width, int Height)> media)
    {
        var (items, units) = (new List<VisualItem>(), new List<VisualUnit>());
        foreach (var (pictures, width, height) in media)
        {
            var (fitWidth, fitHeight) = Sized(() => Processor.OutputSize(width, height));
            var slice = PatchSlice.Of(fitHeight / Vision.PatchSize, fitWidth / Vision.PatchSize, Vision.MergeSize);
            var time = pictures / Vision.TemporalPatchSize;
            items.Add(new(checked(time * slice.Tokens), time, slice.Rows / Vision.MergeSize, slice.Columns / Vision.MergeSize));
            units.AddRange(Enumerable.Repeat(slice, time));
        }

        return new(items, units);
    }

    /// <summary>The pixels of pictures and videos.</summary>
    /// <param name="layout">What <see cref="Layout"/> gave for them.</param>
    /// <param name="pictures">All pictures that the patches go through, in order.</param>
    protected VisualInput Fill(VisualLayout layout, IReadOnlyList<Picture> pictures)
    {
        var pixels = Tensor.Allocate(PixelShape(layout), zeroed: false);
        try
        {
            var (time, length, starts) = (Vision.TemporalPatchSize, Vision.PatchLength, new int[layout.Units.Count + 1]);
            for (var i = 0; i < layout.Units.Count; i++)
            {
                starts[i + 1] = starts[i] + layout.Units[i].PixelRows;
            }

            Parallel.For(0, layout.Units.Count, i =>
            {
                var slice = (PatchSlice)layout.Units[i];
                Picture[] step = [.. pictures.Skip(i * time).Take(time)];
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

    /// <summary>A size, with an error that names what can't be looked at.</summary>
    /// <exception cref="DescribeException">The size can't be.</exception>
    private protected static T Sized<T>(Func<T> size)
    {
        try
        {
            return size();
        }
        catch (ArgumentException error)
        {
            throw new DescribeException(error.Message);
        }
    }
}
