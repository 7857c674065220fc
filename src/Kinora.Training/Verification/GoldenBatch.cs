using Kinora.Models.Checkpoints;
using Kinora.Models.Families;
using Kinora.Models.Inputs;
using Kinora.Tensors;
using Kinora.Training.Trainers;

namespace Kinora.Training.Verification;

/// <summary>The stored batch of a golden fine-tuning: padded rows there, packed ones here.</summary>
internal sealed class GoldenBatch : IDisposable
{
    private readonly List<(int[] Ids, int[] Labels)> samples = [];
    private readonly List<int> pictures = [];
    private readonly VisionLanguageModel model;

    public GoldenBatch(string path, VisionLanguageModel model)
    {
        this.model = model;
        using var file = SafetensorsFile.Open(path);
        var width = file.Entries["input_ids"].Shape[^1];
        var (ids, labels, mask) = (Rows("input_ids"), Rows("labels"), Rows("attention_mask"));
        for (var row = 0; row < ids.Length; row++)
        {
            var real = Enumerable.Range(0, width).Where(i => mask[row][i] != 0).ToArray();
            Add([.. real.Select(i => ids[row][i])], [.. real.Select(i => labels[row][i])]);
        }

        Input = new(Tensor.From(file.ReadFloats("pixel_values"), new Shape(file.Entries["pixel_values"].Shape)), Plan(pictures.Sum()));
        Packed = Pack(Enumerable.Range(0, samples.Count));

        int[][] Rows(string name) => [.. file.ReadIntegers(name).Select(value => checked((int)value)).Chunk(width)];
    }

    /// <summary>All samples.</summary>
    public PackedBatch Packed { get; }

    /// <summary>Pictures of all samples.</summary>
    public VisualInput Input { get; }

    public int Count => samples.Count;

    /// <summary>A single sample with its pictures.</summary>
    public (PackedBatch Batch, VisualInput? Input) Single(int sample)
        => (Pack([sample]), pictures[sample] == 0 ? null : new(Input.Pixels.Slice(pictures.Take(sample).Sum(), pictures[sample]), Plan(pictures[sample])));

    public void Dispose() => Input.Dispose();

    /// <summary>Values of packed rows where a padded tensor [samples, positions, ...] has them, zeros elsewhere.</summary>
    public float[] Padded(ReadOnlySpan<float> packed, int[] shape)
    {
        var positions = shape[1];
        var width = shape.Length > 2 ? shape[2] : 1;
        var result = new float[shape[0] * positions * width];
        var row = 0;
        for (var sample = 0; sample < shape[0]; sample++)
        {
            for (var position = 0; position < positions; position++)
            {
                if (position < Packed.Lengths[sample])
                {
                    packed.Slice(row++ * width, width).CopyTo(result.AsSpan(((sample * positions) + position) * width));
                }
            }
        }

        return result;
    }

    private VisualLayout Plan(int count) => model.Plan(count == 0 ? [] : [new(count, 1, 1, IsVideo: true)]);

    /// <summary>Stored rows have one placeholder per picture, whose label is that it isn't learned.</summary>
    private void Add(int[] ids, int[] labels)
    {
        pictures.Add(model.Placeholders(ids));
        var tokens = Plan(1).Tokens;
        samples.Add((model.Expand(ids, Plan(pictures[^1])), [.. labels.Zip(ids).SelectMany(pair => Enumerable.Repeat(pair.First, model.IsPlaceholder(pair.Second) ? tokens : 1))]));
    }

    private PackedBatch Pack(IEnumerable<int> chosen) => PackedBatch.Of([.. chosen.Select(i => samples[i])]);
}
