using Kinora.Tensors;
using Kinora.Training.Recipes;

namespace Kinora.Training.Creation;

/// <summary>The tensors of a new model. Matrices keep the size of what goes through them; those that add to the stream start smaller the deeper the model is (GPT-2).</summary>
internal static class NewWeights
{
    /// <summary>The spread of norms, which begin as ones.</summary>
    public const float Ones = float.PositiveInfinity;

    private const float Narrow = 0.02f;

    public static IEnumerable<(string Name, Shape Shape, float Spread)> Of(CreateSection sizes) => [.. Tower(sizes), .. Projector(sizes), .. Decoder(sizes)];

    private static IEnumerable<(string, Shape, float)> Tower(CreateSection sizes)
    {
        const string Prefix = "vision_tower.vision_model.";
        var (width, inner, patches) = (sizes.VisionHidden, sizes.VisionInner, sizes.ImageSize / sizes.PatchSize);
        yield return ($"{Prefix}embeddings.class_embedding", new(width), Narrow);
        yield return ($"{Prefix}embeddings.patch_embedding.weight", new(width, 3, sizes.PatchSize, sizes.PatchSize), 1 / MathF.Sqrt(3 * sizes.PatchSize * sizes.PatchSize));
        yield return ($"{Prefix}embeddings.position_embedding.weight", new((patches * patches) + 1, width), Narrow);
        foreach (var norm in Norm($"{Prefix}pre_layrnorm", width))
        {
            yield return norm;
        }

        for (var layer = 0; layer < sizes.VisionLayers; layer++)
        {
            var block = $"{Prefix}encoder.layers.{layer}.";
            IEnumerable<(string, Shape, float)> parts =
            [
                .. Norm($"{block}layer_norm1", width),
                .. Layer($"{block}self_attn.q_proj", width, width, 1),
                .. Layer($"{block}self_attn.k_proj", width, width, 1),
                .. Layer($"{block}self_attn.v_proj", width, width, 1),
                .. Layer($"{block}self_attn.out_proj", width, width, 2 * sizes.VisionLayers),
                .. Norm($"{block}layer_norm2", width),
                .. Layer($"{block}mlp.fc1", inner, width, 1),
                .. Layer($"{block}mlp.fc2", width, inner, 2 * sizes.VisionLayers),
            ];
            foreach (var part in parts)
            {
                yield return part;
            }
        }

        foreach (var norm in Norm($"{Prefix}post_layernorm", width))
        {
            yield return norm;
        }
    }

    private static IEnumerable<(string, Shape, float)> Projector(CreateSection sizes) =>
    [
        .. Layer("multi_modal_projector.linear_1", sizes.Hidden, sizes.VisionHidden, 1),
        .. Layer("multi_modal_projector.linear_2", sizes.Hidden, sizes.Hidden, 1),
    ];

    private static IEnumerable<(string, Shape, float)> Decoder(CreateSection sizes)
    {
        const string Prefix = "language_model.";
        var (width, keys) = (sizes.Hidden, sizes.Hidden / sizes.Heads * sizes.KeyValueHeads);
        yield return ($"{Prefix}model.embed_tokens.weight", new(sizes.Vocabulary, width), Narrow);
        for (var layer = 0; layer < sizes.Layers; layer++)
        {
            var block = $"{Prefix}model.layers.{layer}.";
            yield return ($"{block}input_layernorm.weight", new(width), Ones);
            yield return Matrix($"{block}self_attn.q_proj", width, width, 1);
            yield return Matrix($"{block}self_attn.k_proj", keys, width, 1);
            yield return Matrix($"{block}self_attn.v_proj", keys, width, 1);
            yield return Matrix($"{block}self_attn.o_proj", width, width, 2 * sizes.Layers);
            yield return ($"{block}post_attention_layernorm.weight", new(width), Ones);
            yield return Matrix($"{block}mlp.gate_proj", sizes.Inner, width, 1);
            yield return Matrix($"{block}mlp.up_proj", sizes.Inner, width, 1);
            yield return Matrix($"{block}mlp.down_proj", width, sizes.Inner, 2 * sizes.Layers);
        }

        yield return ($"{Prefix}model.norm.weight", new(width), Ones);
        yield return ($"{Prefix}lm_head.weight", new(sizes.Vocabulary, width), Narrow);
    }

    private static IEnumerable<(string, Shape, float)> Norm(string name, int width) => [($"{name}.weight", new(width), Ones), ($"{name}.bias", new(width), 0)];

    private static IEnumerable<(string, Shape, float)> Layer(string name, int outputs, int inputs, int depth) => [Matrix(name, outputs, inputs, depth), ($"{name}.bias", new(outputs), 0)];

    private static (string, Shape, float) Matrix(string name, int outputs, int inputs, int depth) => ($"{name}.weight", new(outputs, inputs), 1 / MathF.Sqrt((float)inputs * depth));
}
