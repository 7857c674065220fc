namespace Kinora.Models.Tests.Families;

/// <summary>
/// Tarsier v1 once more, from its specification alone: straight loops in double precision, no cache, no chunks, no kernels. The
/// engine is compared with it on checkpoints of shapes that no golden directory has.
/// </summary>
internal class PlainTarsier(PlainSizes sizes, IReadOnlyDictionary<string, double[]> weights)
{
    /// <summary>What each stage gave, by the names of the engine's observer, rows joined.</summary>
    public Dictionary<string, double[]> Stages { get; } = [];

    /// <summary>Scores of the next token after each place of the sequence, [places][vocabulary].</summary>
    /// <param name="pictures">Pixels, each [3 * side * side].</param>
    /// <param name="ids">Token ids with one placeholder per picture, or per whatever <see cref="Connect"/> makes of them.</param>
    public double[][] Logits(IReadOnlyList<double[]> pictures, IReadOnlyList<int> ids)
    {
        var features = pictures.Select(Tower).ToArray();
        var projected = features.Select(Project).ToArray();
        var connected = Connect(projected);
        Stages["vision_output"] = Join(features.SelectMany(rows => rows));
        Stages["projector_output"] = Join(projected.SelectMany(rows => rows));
        Stages["connector_output"] = Join(connected.SelectMany(rows => rows));

        var picture = 0;
        var sequence = ids.SelectMany(id => id == sizes.ImageId ? connected[picture++] : [Embedding(id)]).ToArray();
        Stages["inputs_embeds"] = Join(sequence);
        for (var layer = 0; layer < sizes.TextLayers; layer++)
        {
            sequence = DecoderBlock(sequence, $"language_model.model.layers.{layer}.");
            if (layer == 0)
            {
                Stages["layer_0_output"] = Join(sequence);
            }
        }

        sequence = RmsNorm(sequence, "language_model.model.norm.weight");
        Stages["final_norm_output"] = Join(sequence);
        return Linear(sequence, sizes.Tied ? "language_model.model.embed_tokens" : "language_model.lm_head", false);
    }

    /// <summary>What stands for each placeholder, [tokens][hidden].</summary>
    /// <param name="projected">Of each picture, [patches][hidden].</param>
    protected virtual double[][][] Connect(double[][][] projected) => [.. projected.Select(WithEnds)];

    /// <summary>The tower's hidden state number FeatureLayer, without the class token: [patches][hidden].</summary>
    private double[][] Tower(double[] pixels)
    {
        const string Keys = "vision_tower.vision_model.";
        var (patch, side, hidden) = (sizes.Patch, sizes.Image, sizes.Vision);
        var (kernel, positions) = (weights[Keys + "embeddings.patch_embedding.weight"], weights[Keys + "embeddings.position_embedding.weight"]);
        var x = new List<double[]> { (double[])weights[Keys + "embeddings.class_embedding"].Clone() };
        for (var top = 0; top + patch <= side; top += patch)
        {
            for (var left = 0; left + patch <= side; left += patch)
            {
                var row = new double[hidden];
                for (var output = 0; output < hidden; output++)
                {
                    for (var c = 0; c < 3; c++)
                    {
                        for (var i = 0; i < patch; i++)
                        {
                            for (var j = 0; j < patch; j++)
                            {
                                row[output] += pixels[(((c * side) + top + i) * side) + left + j] * kernel[(((((output * 3) + c) * patch) + i) * patch) + j];
                            }
                        }
                    }
                }

                x.Add(row);
            }
        }

        var rows = x.Select((row, place) => row.Select((value, i) => value + positions[(place * hidden) + i]).ToArray()).ToArray();
        rows = LayerNorm(rows, Keys + "pre_layrnorm");
        var blocks = sizes.FeatureLayer < 0 ? sizes.VisionLayers + 1 + sizes.FeatureLayer : sizes.FeatureLayer;
        for (var layer = 0; layer < blocks; layer++)
        {
            var name = $"{Keys}encoder.layers.{layer}.";
            var normal = LayerNorm(rows, name + "layer_norm1");
            var (q, k, v) = (Linear(normal, name + "self_attn.q_proj", true), Linear(normal, name + "self_attn.k_proj", true), Linear(normal, name + "self_attn.v_proj", true));
            rows = Sum(rows, Linear(Attention(q, k, v, sizes.VisionHeads, sizes.VisionHeads, causal: false), name + "self_attn.out_proj", true));
            var inner = Apply(Linear(LayerNorm(rows, name + "layer_norm2"), name + "mlp.fc1", true), sizes.VisionActivation);
            rows = Sum(rows, Linear(inner, name + "mlp.fc2", true));
        }

        return rows[1..];
    }

    private double[][] Project(double[][] features)
        => Linear(Apply(Linear(features, "multi_modal_projector.linear_1", true), sizes.ProjectorActivation), "multi_modal_projector.linear_2", true);

    /// <summary>One embedding behind each row of the grid, and another behind the last row.</summary>
    private double[][] WithEnds(double[][] patches)
    {
        var side = (int)Math.Sqrt(patches.Length);
        var result = new List<double[]>();
        for (var row = 0; row < side; row++)
        {
            result.AddRange(patches[(row * side)..((row + 1) * side)]);
            result.Add(Embedding(sizes.RowEndId));
        }

        result.Add(Embedding(sizes.PictureEndId));
        return [.. result];
    }

    private double[] Embedding(int id) => weights["language_model.model.embed_tokens.weight"][(id * sizes.Text)..((id + 1) * sizes.Text)];

    private double[][] DecoderBlock(double[][] x, string name)
    {
        var normal = RmsNorm(x, name + "input_layernorm.weight");
        var q = Rotate(Linear(normal, name + "self_attn.q_proj", sizes.AttentionBias), sizes.TextHeads);
        var k = Rotate(Linear(normal, name + "self_attn.k_proj", sizes.AttentionBias), sizes.KeyValueHeads);
        var v = Linear(normal, name + "self_attn.v_proj", sizes.AttentionBias);
        x = Sum(x, Linear(Attention(q, k, v, sizes.TextHeads, sizes.KeyValueHeads, causal: true), name + "self_attn.o_proj", sizes.AttentionBias));
        normal = RmsNorm(x, name + "post_attention_layernorm.weight");
        var gate = Apply(Linear(normal, name + "mlp.gate_proj", sizes.MlpBias), "silu");
        var up = Linear(normal, name + "mlp.up_proj", sizes.MlpBias);
        var product = gate.Zip(up, (left, right) => left.Zip(right, (a, b) => a * b).ToArray()).ToArray();
        return Sum(x, Linear(product, name + "mlp.down_proj", sizes.MlpBias));
    }

    /// <summary>Value i of each head turns with value i + headSize / 2. The original takes frequencies and angles in float32, which is felt at late positions and therefore part of the definition.</summary>
    private double[][] Rotate(double[][] x, int heads)
    {
        var (size, half) = (sizes.HeadSize, sizes.HeadSize / 2);
        return [.. x.Select((row, position) =>
        {
            var turned = new double[row.Length];
            for (var at = 0; at < heads * half; at++)
            {
                var (head, i) = (at / half, at % half);
                var frequency = 1f / (float)Math.Pow(sizes.RopeTheta, 2.0 * i / size);
                var angle = (double)(position * frequency);
                var (first, second) = (row[(head * size) + i], row[(head * size) + half + i]);
                turned[(head * size) + i] = (first * Math.Cos(angle)) - (second * Math.Sin(angle));
                turned[(head * size) + half + i] = (second * Math.Cos(angle)) + (first * Math.Sin(angle));
            }

            return turned;
        })];
    }

    private static double[][] Attention(double[][] q, double[][] k, double[][] v, int heads, int keyValueHeads, bool causal)
    {
        var size = q[0].Length / heads;
        var result = q.Select(row => new double[row.Length]).ToArray();
        for (var head = 0; head < heads; head++)
        {
            var (from, keyFrom) = (head * size, head / (heads / keyValueHeads) * size);
            for (var query = 0; query < q.Length; query++)
            {
                var scores = new double[causal ? query + 1 : k.Length];
                for (var key = 0; key < scores.Length; key++)
                {
                    for (var i = 0; i < size; i++)
                    {
                        scores[key] += q[query][from + i] * k[key][keyFrom + i] / Math.Sqrt(size);
                    }
                }

                var largest = scores.Max();
                var sum = scores.Sum(score => Math.Exp(score - largest));
                for (var key = 0; key < scores.Length; key++)
                {
                    var share = Math.Exp(scores[key] - largest) / sum;
                    for (var i = 0; i < size; i++)
                    {
                        result[query][from + i] += share * v[key][keyFrom + i];
                    }
                }
            }
        }

        return result;
    }

    private double[][] Linear(double[][] x, string name, bool hasBias)
    {
        var weight = weights[name + ".weight"];
        var bias = hasBias ? weights[name + ".bias"] : null;
        return [.. x.Select(row =>
        {
            var y = new double[weight.Length / row.Length];
            for (var output = 0; output < y.Length; output++)
            {
                y[output] = bias?[output] ?? 0;
                for (var i = 0; i < row.Length; i++)
                {
                    y[output] += row[i] * weight[(output * row.Length) + i];
                }
            }

            return y;
        })];
    }

    private double[][] LayerNorm(double[][] x, string name)
    {
        var (weight, bias) = (weights[name + ".weight"], weights[name + ".bias"]);
        return [.. x.Select(row =>
        {
            var mean = row.Average();
            var variance = row.Average(value => (value - mean) * (value - mean));
            return row.Select((value, i) => ((value - mean) / Math.Sqrt(variance + sizes.LayerNormEpsilon) * weight[i]) + bias[i]).ToArray();
        })];
    }

    private double[][] RmsNorm(double[][] x, string name)
        => [.. x.Select(row =>
        {
            var meanSquare = row.Average(value => value * value);
            return row.Select((value, i) => value / Math.Sqrt(meanSquare + sizes.RmsNormEpsilon) * weights[name][i]).ToArray();
        })];

    private static double[][] Sum(double[][] left, double[][] right) => [.. left.Zip(right, (a, b) => a.Zip(b, (x, y) => x + y).ToArray())];

    private static double[][] Apply(double[][] x, string activation) => [.. x.Select(row => row.Select(value => activation switch
    {
        "gelu" => value / 2 * (1 + Erf(value / Math.Sqrt(2))),
        "gelu_new" or "gelu_pytorch_tanh" => value / 2 * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (value + (0.044715 * value * value * value)))),
        "quick_gelu" => value / (1 + Math.Exp(-1.702 * value)),
        "silu" => value / (1 + Math.Exp(-value)),
        _ => throw new ArgumentException(activation),
    }).ToArray())];

    /// <summary>erf(x) = 2 / sqrt(pi) exp(-x^2) sum of 2^n x^(2n+1) / (1 * 3 * ... * (2n+1)); all terms have one sign, so nothing cancels.</summary>
    private static double Erf(double x)
    {
        if (Math.Abs(x) > 6)
        {
            return Math.Sign(x);
        }

        var (term, sum) = (x, x);
        for (var n = 1; Math.Abs(term) > 1e-17 * Math.Abs(sum); n++)
        {
            term *= 2 * x * x / ((2 * n) + 1);
            sum += term;
        }

        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }

    private static double[] Join(IEnumerable<double[]> rows) => [.. rows.SelectMany(row => row)];
}
