using Kinora.Models.Checkpoints;
using Kinora.Models.Families;
using Kinora.Tensors;
using Kinora.Training.Trainers;

namespace Kinora.Training.Verification;

/// <summary>The stored batch of a golden fine-tuning: padded rows there, packed ones here.</summary>
internal sealed class GoldenBatch : IDisposable
{
    private readonly List<(int[] Ids, int[] Labels)> samples = [];
    private readonly int imageTokenId;
    private readonly int visualTokens;

    public GoldenBatch(string path, VisionLanguageModel model)
    {
        (imageTokenId, visualTokens) = (model.ImageTokenId, model.VisualTokens);
        using var file = SafetensorsFile.Open(path);
        var width = file.Entries["input_ids"].Shape[^1];
        var (ids, labels, mask) = (Rows("input_ids"), Rows("labels"), Rows("attention_mask"));
        for (var row = 0; row < ids.Length; row++)
        {
            var real = Enumerable.Range(0, width).Where(i => mask[row][i] != 0).ToArray();
            samples.Add(([.. real.Select(i => ids[row][i])], [.. real.Select(i => labels[row][i])]));
        }

        Pixels = Tensor.From(file.ReadFloats("pixel_values"), new Shape(file.Entries["pixel_values"].Shape));

        Packed = Pack(Enumerable.Range(0, samples.Count));

        int[][] Rows(string name) => [.. file.ReadIntegers(name).Select(value => checked((int)value)).Chunk(width)];
    }

    /// <summary>All samples.</summary>
    public PackedBatch Packed { get; }

    /// <summary>Pictures of all samples.</summary>
    public Tensor Pixels { get; }

    public int Count => samples.Count;

    /// <summary>A single sample with its pictures.</summary>
    public (PackedBatch Batch, Tensor? Pixels) Single(int sample)
    {
        var before = samples.Take(sample).Sum(other => Pictures(other.Ids));
        var pictures = Pictures(samples[sample].Ids);
        return (Pack([sample]), pictures == 0 ? null : Pixels.Slice(before, pictures));
    }

    public void Dispose() => Pixels.Dispose();

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

    private int Pictures(int[] ids) => ids.Count(id => id == imageTokenId);

    private PackedBatch Pack(IEnumerable<int> chosen) => PackedBatch.Of([.. chosen.Select(i => samples[i])], imageTokenId, visualTokens);
}
