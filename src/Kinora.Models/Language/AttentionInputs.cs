using Kinora.Models.Weights;
using Kinora.Tensors;

namespace Kinora.Models.Language;

/// <summary>Makes queries, keys and values out of the stream: three layers, or one that gives them group by group.</summary>
internal sealed class AttentionInputs
{
    private readonly LlamaConfig config;
    private readonly LinearLayer? q; // [heads * headSize, hidden]
    private readonly LinearLayer? k; // [keyValueHeads * headSize, hidden]
    private readonly LinearLayer? v; // as k
    private readonly LinearLayer? grouped; // [keyValueHeads * (heads / keyValueHeads + 2) * headSize, hidden]

    public AttentionInputs(WeightLoader weights, LlamaConfig config, string prefix)
    {
        this.config = config;
        var (queries, keys) = (config.Heads * config.HeadSize, config.KeyValueHeads * config.HeadSize);
        if (config.Names.Grouped is { } name)
        {
            grouped = Layer(name, queries + (2 * keys));
            return;
        }

        q = Layer(config.Names.Query, queries);
        k = Layer(config.Names.Key, keys);
        v = Layer(config.Names.Value, keys);

        LinearLayer Layer(string name, int outputs) => weights.Layer(WeightPart.Decoder, prefix + name, outputs, config.HiddenSize, config.AttentionBias);
    }

    /// <summary>Queries [rows, heads * headSize], keys and values [rows, keyValueHeads * headSize], before they are turned.</summary>
    /// <param name="operations">What to compute with.</param>
    /// <param name="x">[rows, hidden].</param>
    /// <param name="pictures">Rows of pictures.</param>
    /// <param name="looking">The rows that queries are wanted of; null: all.</param>
    public (Tensor Queries, Tensor Keys, Tensor Values) Forward(TensorOperations operations, Tensor x, IReadOnlyList<RowSpan>? pictures, ReadOnlySpan<int> looking = default)
    {
        if (grouped is null)
        {
            return (
                operations.Observe("q_proj", looking.IsEmpty ? q!.Forward(operations, x, pictures: pictures) : q!.Forward(operations, operations.Embed(looking, x))),
                k!.Forward(operations, x, pictures: pictures),
                operations.Observe("v_proj", v!.Forward(operations, x, pictures: pictures)));
        }

        var (size, groups) = (config.HeadSize, config.KeyValueHeads);
        var shared = config.Heads / groups;
        var step = (shared + 2) * size;
        var all = operations.Observe("wqkv", grouped.Forward(operations, x, pictures: pictures));
        var queries = operations.Columns(all, 0, shared * size, groups, step);
        return (looking.IsEmpty ? queries : operations.Embed(looking, queries), operations.Columns(all, shared * size, size, groups, step), operations.Columns(all, (shared + 1) * size, size, groups, step));
    }
}
