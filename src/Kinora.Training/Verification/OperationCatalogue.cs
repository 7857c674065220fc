using Kinora.Tensors;

namespace Kinora.Training.Verification;

/// <summary>How each golden operation is said with Kinora's own: most are one call, layouts of heads and batches are arranged around it.</summary>
internal static class OperationCatalogue
{
    private static readonly Dictionary<string, Func<GoldenOperation, Tensor[]>> Known = new()
    {
        ["matmul"] = g => [g.Compute.MatMul(g["a"], g["b"])],
        ["matmul_nt"] = g => [g.Compute.MatMul(g["a"], g["b"], transposeB: true)],
        ["matmul_tn"] = g => [g.Compute.MatMul(g["a"], g["b"], transposeA: true)],
        ["matmul_batched"] = g => [g.Compute.MatMul(g["a"], g["b"])],
        ["matmul_batched_nt"] = g => [g.Compute.MatMul(g["a"], g["b"], transposeB: true)],
        ["matmul_broadcast"] = g => [g.Compute.MatMul(g["a"], g["b"])],
        ["linear"] = g => [g.Compute.Linear(g["x"], g["weight"], g["bias"])],
        ["linear_no_bias"] = g => [g.Compute.Linear(g["x"], g["weight"])],
        ["lora_linear"] = RowOperations.LoraLinear,
        ["embedding"] = g => [g.Compute.Embed(g.Integers("ids"), g["weight"])],
        ["embedding_padding"] = RowOperations.EmbeddingWithPadding,
        ["rms_norm"] = g => [g.Compute.RmsNorm(g["x"], g["weight"], g.Real("eps"))],
        ["rms_norm_small"] = g => [g.Compute.RmsNorm(g["x"], g["weight"], g.Real("eps"))],
        ["layer_norm"] = g => [g.Compute.LayerNorm(g["x"], g["weight"], g["bias"], g.Real("eps"))],
        ["layer_scale"] = g => [g.Compute.Combine(g["x"], Arithmetic.Multiply, g["gamma"])],
        ["gelu_erf"] = g => [g.Compute.Activate(g["x"], Activation.Gelu)],
        ["gelu_tanh"] = g => [g.Compute.Activate(g["x"], Activation.GeluTanh)],
        ["quick_gelu"] = g => [g.Compute.Activate(g["x"], Activation.QuickGelu)],
        ["silu"] = g => [g.Compute.Activate(g["x"], Activation.Silu)],
        ["swiglu"] = g => [g.Compute.SiluGate(g["gate"], g["up"])],
        ["relu"] = g => [g.Compute.Apply(g["x"], PointFunction.Relu)],
        ["tanh"] = g => [g.Compute.Apply(g["x"], PointFunction.Tanh)],
        ["sigmoid"] = g => [g.Compute.Apply(g["x"], PointFunction.Sigmoid)],
        ["log_sigmoid"] = g => [g.Compute.Apply(g["x"], PointFunction.LogSigmoid)],
        ["exp"] = g => [g.Compute.Apply(g["x"], PointFunction.Exp)],
        ["log"] = g => [g.Compute.Apply(g["x"], PointFunction.Log)],
        ["square"] = g => [g.Compute.Apply(g["x"], PointFunction.Square)],
        ["sqrt"] = g => [g.Compute.Apply(g["x"], PointFunction.SquareRoot)],
        ["softmax"] = g => [g.Compute.Softmax(g["x"])],
        ["softmax_masked"] = AttentionOperations.MaskedSoftmax,
        ["log_softmax"] = g => [g.Compute.LogSoftmax(g["x"])],
        ["attention_full"] = g => AttentionOperations.Equal(g, causal: false),
        ["attention_causal"] = g => AttentionOperations.Equal(g, causal: true),
        ["attention_grouped"] = g => AttentionOperations.Equal(g, causal: true),
        ["attention_grouped_left_padded"] = AttentionOperations.Padded,
        ["attention_grouped_right_padded"] = AttentionOperations.Padded,
        ["attention_blocks"] = AttentionOperations.Blocks,
        ["rope"] = AttentionOperations.Rope,
        ["mrope"] = AttentionOperations.MRope,
        ["vision_rope"] = AttentionOperations.VisionRope,
        ["repeat_heads"] = RowOperations.RepeatHeads,
        ["patch_embed"] = g => PictureOperations.PatchEmbed(g, null),
        ["patch_embed_bias"] = g => PictureOperations.PatchEmbed(g, g["bias"]),
        ["patch_embed_3d"] = g => [g.Compute.Linear(g["x"], PictureOperations.Flat(g))],
        ["adaptive_avg_pool3d_even"] = PictureOperations.AdaptivePool,
        ["adaptive_avg_pool3d_uneven"] = PictureOperations.AdaptivePool,
        ["adaptive_avg_pool3d_up"] = PictureOperations.AdaptivePool,
        ["resize_positions_up"] = g => [g.Compute.ResizePositions(g["table"], g.Whole("target"))],
        ["resize_positions_down"] = g => [g.Compute.ResizePositions(g["table"], g.Whole("target"))],
        ["grid_separators"] = PictureOperations.GridSeparators,
        ["scatter_rows"] = RowOperations.Scatter,
        ["gather_rows"] = g => [g.Compute.Embed(g.Integers("index"), g["x"])],
        ["gather_last"] = RowOperations.GatherLast,
        ["concat"] = g => [g.Compute.Concatenate(g.Whole("axis"), [.. g.Inputs.Select(name => g[name])])],
        ["split"] = RowOperations.Split,
        ["slice"] = RowOperations.Slice,
        ["permute"] = RowOperations.Permute,
        ["dropout"] = RowOperations.Dropout,
        ["sum_all"] = g => [g.Compute.Sum(g["x"])],
        ["sum_axis"] = g => [g.Compute.Sum(g["x"], g.Whole("axis"))],
        ["mean_all"] = g => [g.Compute.Mean(g["x"])],
        ["mean_axis"] = g => [g.Compute.Mean(g["x"], g.Whole("axis"))],
        ["add_broadcast"] = g => [g.Compute.Combine(g["a"], Arithmetic.Add, g["b"])],
        ["sub"] = g => [g.Compute.Combine(g["a"], Arithmetic.Subtract, g["b"])],
        ["mul_broadcast"] = g => [g.Compute.Combine(g["a"], Arithmetic.Multiply, g["b"])],
        ["div_broadcast"] = g => [g.Compute.Combine(g["a"], Arithmetic.Divide, g["b"])],
        ["reuse"] = RowOperations.Reuse,
    };

    /// <summary>The outputs of an operation.</summary>
    /// <exception cref="KeyNotFoundException">An operation that isn't known here.</exception>
    public static Tensor[] Run(GoldenOperation golden)
        => Known.TryGetValue(golden.Name, out var run) ? run(golden) : throw new KeyNotFoundException($"the operation '{golden.Name}' isn't known here");
}
