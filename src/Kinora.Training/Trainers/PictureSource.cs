using Kinora.Models.Inputs;
using Kinora.Tensors;
using Kinora.Training.Data;
using Kinora.Training.Data.Loading;
using Kinora.Training.Optimization;

namespace Kinora.Training.Trainers;

/// <summary>
/// The pictures of a batch. If the tower is frozen, as in most of the papers' stages, its features of a sample are the same every time: they
/// are computed once, and kept as far as there is room. Each sample goes through a frozen tower alone, so that it makes no difference to a single bit whether they were kept.
/// </summary>
internal sealed class PictureSource(TrainableModel trainable, TensorOperations operations, long mostBytes = 1L << 30) : IDisposable
{
    private readonly bool frozen = !trainable.Store.Parameters.Any(parameter => LayerwiseDecay.IsOfTower(parameter.Settings.Name));
    private readonly Dictionary<(string File, int Record), Tensor> kept = [];
    private readonly JoinedTensors joined = new();
    private long keptBytes;

    /// <summary>The pictures of samples, in order; valid until the next call.</summary>
    public BatchPictures Of(IReadOnlyList<PreparedSample> samples)
    {
        var there = samples.Where(sample => sample.Input is not null).ToList();
        if (there.Count == 0)
        {
            return BatchPictures.None;
        }

        var layout = VisualLayout.Join(there.Select(sample => sample.Input!.Layout));
        if (!frozen)
        {
            return new(joined.Of(there.ConvertAll(sample => sample.Input!.Pixels)), layout, false);
        }

        var features = there.ConvertAll(Features);
        var all = joined.Of(features);
        foreach (var part in features.Where(part => !kept.ContainsValue(part)))
        {
            part.Dispose();
        }

        return new(all, layout, true);
    }

    public void Dispose()
    {
        foreach (var tensor in kept.Values)
        {
            tensor.Dispose();
        }

        joined.Dispose();
    }

    /// <summary>The tower's features of a sample, [rows, vision]. What was kept first stays: of data that is gone through again and again, that serves the largest share.</summary>
    private Tensor Features(PreparedSample sample)
    {
        var key = (sample.Source.File, sample.Source.Record);
        if (kept.TryGetValue(key, out var known))
        {
            return known;
        }

        using var frame = operations.Begin();
        var encoded = trainable.Model.Encode(operations, sample.Input!.Pixels, sample.Input.Layout.Units);
        var features = Tensor.Allocate(encoded.Shape, zeroed: false);
        encoded.AsSpan().CopyTo(features.AsSpan());
        if (keptBytes + features.Bytes <= mostBytes)
        {
            kept.Add(key, features);
            keptBytes += features.Bytes;
        }

        return features;
    }
}
