namespace Kinora.Models.Tests.Families;

/// <summary>
/// Qwen2-VL's network once more, from its specification alone: straight loops in double precision, no cache, no chunks, no kernels, one step of
/// time after the other. The engine is compared with it on checkpoints of shapes that no golden directory has.
/// </summary>
internal sealed class PlainQwen(PlainQwenSizes sizes, IReadOnlyDictionary<string, double[]> weights)
{
    private readonly PlainLayers layers = new(weights);

    /// <summary>What each stage gave, by the names of the engine's observer, rows joined.</summary>
    public Dictionary<string, double[]> Stages { get; } = [];

    /// <summary>[3][places]: time, row and column of each place.</summary>
    public int[][] Positions { get; private set; } = [];

    /// <summary>Scores of the next token after each place of the sequence, [places][vocabulary].</summary>
    /// <param name="items">Pictures and videos in order.</param>
    /// <param name="ids">Token ids with one placeholder per item.</param>
    public double[][] Logits(IReadOnlyList<PlainItem> items, IReadOnlyList<int> ids)
    {
        var features = items.Select(Tower).ToArray();
        var connected = features.Select(Merge).ToArray();
        Stages["vision_output"] = Join(features.SelectMany(rows => rows));
        Stages["connector_output"] = Join(connected.SelectMany(rows => rows));
        var item = 0;
        var x = ids.SelectMany(id => IsPlaceholder(id) ? connected[item++] : [Embedding(id)]).ToArray();
        Stages["inputs_embeds"] = Join(x);
        Positions = Place(items, ids);
        for (var layer = 0; layer < sizes.TextLayers; layer++)
        {
            x = Block(x, $"{sizes.TextKeys}model.layers.{layer}.");
            if (layer == 0)
            {
                Stages["layer_0_output"] = Join(x);
            }
        }

        x = layers.RmsNorm(x, $"{sizes.TextKeys}model.norm.weight", sizes.RmsNormEpsilon);
        Stages["final_norm_output"] = Join(x);
        return layers.Linear(x, sizes.Tied ? $"{sizes.TextKeys}model.embed_tokens" : $"{sizes.TextKeys}lm_head", false);
    }

    private bool IsPlaceholder(int id) => id == sizes.ImageId || (!sizes.IsTarsier && id == sizes.VideoId);

    /// <summary>Features of all steps of time, each of which sees itself only.</summary>
    private double[][] Tower(PlainItem item)
    {
        var perStep = item.Rows * item.Columns;
        return [.. Enumerable.Range(0, item.Time).SelectMany(step => Step(item.Patches[(step * perStep)..((step + 1) * perStep)], item.Rows, item.Columns))];
    }

    private double[][] Step(double[][] patches, int rows, int columns)
    {
        // Going through squares of patches, and through each square, in the order of reading.
        var places = new List<(int Row, int Column)>();
        for (var top = 0; top < rows; top += sizes.Merge)
        {
            for (var left = 0; left < columns; left += sizes.Merge)
            {
                for (var row = top; row < top + sizes.Merge; row++)
                {
                    for (var column = left; column < left + sizes.Merge; column++)
                    {
                        places.Add((row, column));
                    }
                }
            }
        }

        var x = layers.Linear(patches, $"{sizes.TowerKeys}patch_embed.proj", false);
        var quarter = sizes.Embed / sizes.VisionHeads / 4;
        for (var layer = 0; layer < sizes.VisionLayers; layer++)
        {
            var name = $"{sizes.TowerKeys}blocks.{layer}.";
            var mixed = layers.Linear(layers.LayerNorm(x, name + "norm1", 1e-6), name + "attn.qkv", true);
            double[][] Part(int part) => [.. mixed.Select(row => row[(part * sizes.Embed)..((part + 1) * sizes.Embed)])];
            var (q, k, v) = (PlainLayers.Rotate(Part(0), sizes.VisionHeads, Angle), PlainLayers.Rotate(Part(1), sizes.VisionHeads, Angle), Part(2));
            x = PlainLayers.Sum(x, layers.Linear(PlainLayers.Attention(q, k, v, sizes.VisionHeads, sizes.VisionHeads, causal: false), name + "attn.proj", true));
            var inner = PlainLayers.Apply(layers.Linear(layers.LayerNorm(x, name + "norm2", 1e-6), name + "mlp.fc1", true), sizes.VisionActivation);
            x = PlainLayers.Sum(x, layers.Linear(inner, name + "mlp.fc2", true));
        }

        return x;

        // The first pairs turn by the row, the others by the column. Frequencies and angles are float32 in the original.
        double Angle(int patch, int pair) => (pair < quarter ? places[patch].Row : places[patch].Column) * (1f / (float)Math.Pow(10_000, (double)(pair % quarter) / quarter));
    }

    private double[][] Merge(double[][] features)
    {
        var name = $"{sizes.TowerKeys}merger.";
        double[][] squares = [.. layers.LayerNorm(features, name + "ln_q", 1e-6).Chunk(sizes.Merge * sizes.Merge).Select(Join)];
        return layers.Linear(PlainLayers.Apply(layers.Linear(squares, name + "mlp.0", true), "gelu"), name + "mlp.2", true);
    }

    /// <summary>Text counts on from the largest position so far, on all axes alike; an item by its grid from there.</summary>
    private int[][] Place(IReadOnlyList<PlainItem> items, IReadOnlyList<int> ids)
    {
        var places = new List<(int Time, int Row, int Column)>();
        var item = 0;
        foreach (var id in ids)
        {
            var next = places.Count == 0 ? 0 : places.Max(place => Math.Max(place.Time, Math.Max(place.Row, place.Column))) + 1;
            if (!IsPlaceholder(id))
            {
                places.Add((next, next, next));
                continue;
            }

            var one = items[item++];
            for (var time = 0; time < one.Time; time++)
            {
                for (var row = 0; row < one.Rows / sizes.Merge; row++)
                {
                    for (var column = 0; column < one.Columns / sizes.Merge; column++)
                    {
                        places.Add((next + time, next + row, next + column));
                    }
                }
            }
        }

        return [[.. places.Select(place => place.Time)], [.. places.Select(place => place.Row)], [.. places.Select(place => place.Column)]];
    }

    private double[] Embedding(int id) => weights[$"{sizes.TextKeys}model.embed_tokens.weight"][(id * sizes.Text)..((id + 1) * sizes.Text)];

    private double[][] Block(double[][] x, string name)
    {
        var normal = layers.RmsNorm(x, name + "input_layernorm.weight", sizes.RmsNormEpsilon);
        var q = PlainLayers.Rotate(layers.Linear(normal, name + "self_attn.q_proj", true), sizes.TextHeads, Angle);
        var k = PlainLayers.Rotate(layers.Linear(normal, name + "self_attn.k_proj", true), sizes.KeyValueHeads, Angle);
        var v = layers.Linear(normal, name + "self_attn.v_proj", true);
        x = PlainLayers.Sum(x, layers.Linear(PlainLayers.Attention(q, k, v, sizes.TextHeads, sizes.KeyValueHeads, causal: true), name + "self_attn.o_proj", false));
        normal = layers.RmsNorm(x, name + "post_attention_layernorm.weight", sizes.RmsNormEpsilon);
        var gate = PlainLayers.Apply(layers.Linear(normal, name + "mlp.gate_proj", false), "silu");
        return PlainLayers.Sum(x, layers.Linear(PlainLayers.Product(gate, layers.Linear(normal, name + "mlp.up_proj", false)), name + "mlp.down_proj", false));

        // The pairs of a head are dealt out to the three axes in stretches.
        double Angle(int place, int pair)
        {
            var axis = pair < sizes.Sections[0] ? 0 : pair < sizes.Sections[0] + sizes.Sections[1] ? 1 : 2;
            return Positions[axis][place] * (1f / (float)Math.Pow(sizes.RopeTheta, 2.0 * pair / (sizes.Text / sizes.TextHeads)));
        }
    }

    private static double[] Join(IEnumerable<double[]> rows) => [.. rows.SelectMany(row => row)];
}
