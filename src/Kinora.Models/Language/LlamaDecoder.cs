using Kinora.Models.Inputs;
using Kinora.Models.Weights;
using Kinora.Tensors;

namespace Kinora.Models.Language;

/// <summary>A Llama decoder: embeddings, blocks, final norm and head.</summary>
public sealed class LlamaDecoder : IDisposable
{
    /// <summary>Tokens that are read at a time: activations stay this long whatever the prompt's length.</summary>
    public const int ChunkLength = 512;

    private readonly Tensor embeddings; // [vocabulary, hidden]
    private readonly LlamaBlock[] blocks;
    private readonly Tensor norm; // [hidden]
    private readonly Tensor head; // [vocabulary, hidden]
    private readonly RotaryTable rotary;

    /// <summary>Takes the decoder's tensors.</summary>
    /// <param name="weights">Where from.</param>
    /// <param name="config">The sizes.</param>
    /// <param name="prefix">What the names begin with: <c>language_model.</c></param>
    public LlamaDecoder(WeightLoader weights, LlamaConfig config, string prefix)
    {
        Config = config;
        embeddings = weights.Matrix(WeightPart.Embeddings, prefix + config.Names.Embeddings, config.VocabularySize, config.HiddenSize);
        rotary = new RotaryTable(config.HeadSize, config.RopeTheta);
        blocks = [.. Enumerable.Range(0, config.Layers).Select(layer => new LlamaBlock(weights, config, rotary, $"{prefix}{config.Names.Blocks}{layer}."))];
        norm = weights.Vector(WeightPart.Decoder, prefix + config.Names.Norm, config.HiddenSize);

        // A tied head may be stored a second time. It is one tensor all the same, or the two would learn apart.
        head = config.TiedHead ? embeddings : weights.Matrix(WeightPart.Head, prefix + config.Names.Head, config.VocabularySize, config.HiddenSize);
    }

    /// <summary>The sizes.</summary>
    public LlamaConfig Config { get; }

    /// <summary>Bytes of the angles of this many positions.</summary>
    public long AngleBytes(int positions) => RotaryTable.Bytes(Config.HeadSize, positions);

    /// <summary>Makes the angles of this many positions at once, so that reading tokens doesn't have to.</summary>
    public void Reserve(int positions) => rotary.Reserve(positions);

    /// <summary>Embeddings of tokens with rows of something else between them, see <see cref="TensorOperations.Place"/>.</summary>
    /// <param name="operations">What to compute with.</param>
    /// <param name="plan">A token's id, or ~i for row i of <paramref name="rows"/>.</param>
    /// <param name="rows">[..., hidden], or null.</param>
    /// <param name="into">Where the result goes; by default a new tensor.</param>
    public Tensor Place(TensorOperations operations, ReadOnlySpan<int> plan, Tensor? rows = null, Tensor? into = null) => operations.Place(plan, embeddings, rows, into);

    /// <summary>Runs all blocks and the final norm on the tokens that follow those in the cache.</summary>
    /// <param name="operations">What to compute with; its observer sees every layer's <c>q_proj</c> and <c>v_proj</c> or <c>wqkv</c>, <c>attention</c> and <c>feed_forward</c>, then <c>layer_0_output</c> and <c>final_norm_output</c>.</param>
    /// <param name="x">Embeddings [tokens, hidden]; changed in place.</param>
    /// <param name="cache">What was read before; grows by the tokens.</param>
    /// <param name="places">What there is to know of the tokens; null: they count on from those in the cache.</param>
    /// <returns>[tokens, hidden].</returns>
    public Tensor Forward(TensorOperations operations, Tensor x, KeyValueCache cache, SequencePlaces? places = null)
    {
        var rows = Arrange(operations, Sequences.Equal(1, x.Shape.Rows), places);
        for (var layer = 0; layer < blocks.Length; layer++)
        {
            x = blocks[layer].Forward(operations, x, cache, layer, rows);
            if (layer == 0)
            {
                operations.Observe("layer_0_output", x);
            }
        }

        cache.Advance(x.Shape.Rows, places?.Positions?.Next);
        return operations.Observe("final_norm_output", Normalise(operations, x));
    }

    /// <summary>Sequences with what there is to know of their rows; it lives in the workspace until the innermost frame ends.</summary>
    /// <param name="operations">What to compute with.</param>
    /// <param name="sequences">How the rows divide.</param>
    /// <param name="places">Of all rows; null: nothing.</param>
    public Sequences Arrange(TensorOperations operations, Sequences sequences, SequencePlaces? places)
    {
        if (places?.Positions is { } positions)
        {
            var (cosines, sines) = (operations.New(positions.Axes[0].Length, Config.HeadSize / 2), operations.New(positions.Axes[0].Length, Config.HeadSize / 2));
            if (!operations.IsDry)
            {
                RotaryAngles.OfSections(positions.Axes, Config.RopeSections, Config.RopeTheta, cosines, sines);
            }

            sequences = sequences.Turned(cosines, sines);
        }

        return sequences.Marked(places?.Pictures);
    }

    /// <summary>Runs all blocks on whole sequences, without a cache.</summary>
    /// <param name="operations">What to compute with; its observer sees <c>layer_0_output</c>.</param>
    /// <param name="x">Embeddings [tokens, hidden]; may be changed in place.</param>
    /// <param name="sequences">How the tokens divide; they may be prefixes with branches.</param>
    /// <param name="afterBlock">Told the number of each block, from 0, and the stream behind it, [tokens, hidden] (behind the last block of prefixes the branches' rows only); a loss may be read off it, but it may not be changed.</param>
    /// <param name="count">Run so many of the first blocks only; null: all.</param>
    /// <returns>The stream before the final norm, [tokens, hidden]; behind prefixes only the rows of <see cref="Sequences.Branches"/>.</returns>
    public Tensor Forward(TensorOperations operations, Tensor x, Sequences sequences, Action<int, Tensor>? afterBlock = null, int? count = null)
    {
        for (var layer = 0; layer < (count ?? blocks.Length); layer++)
        {
            // The last block's activations are the first to be read on the way back: keeping them costs less memory than computing the one before again.
            x = layer == blocks.Length - 1 && sequences.HavePrefixes ? blocks[layer].ForwardBranches(operations, x, sequences) : operations.Run(blocks[layer], x, sequences);
            if (layer == 0)
            {
                operations.Observe("layer_0_output", x);
            }

            afterBlock?.Invoke(layer, x);
        }

        return x;
    }

    /// <summary>The final norm, for rows that are to be scored.</summary>
    public Tensor Normalise(TensorOperations operations, Tensor x) => operations.RmsNorm(x, norm, Config.NormEpsilon);

    /// <summary>The cross-entropy of the tokens that follow normalised rows, see <see cref="TensorOperations.CrossEntropy"/>.</summary>
    public void CrossEntropy(TensorOperations operations, Tensor normalised, ReadOnlySpan<int> labels, Span<float> losses, ReadOnlySpan<float> factors = default)
        => operations.CrossEntropy(normalised, head, labels, losses, factors);

    /// <summary>Scores of the next token, [rows, vocabulary].</summary>
    public Tensor Logits(TensorOperations operations, Tensor hidden) => operations.Observe("logits", operations.Linear(hidden, head));

    /// <inheritdoc/>
    public void Dispose() => rotary.Dispose();
}
