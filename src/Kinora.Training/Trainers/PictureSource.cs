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
    private long keptBytes;
    private Tensor? room;

    /// <summary>The pictures of samples, in order; valid until the next call.</summary>
    public BatchPictures Of(IReadOnlyList<PreparedSample> samples)
    {
        var there = samples.Where(sample => sample.Pixels is not null).ToList();
        if (there.Count == 0)
        {
            return default;
        }

        var (count, shape) = (there.Sum(sample => sample.Pixels!.Shape[0]), there[0].Pixels!.Shape);
        if (!frozen)
        {
            return new(Join(there.ConvertAll(sample => sample.Pixels!), new Shape(count, shape[1], shape[2], shape[3])), count, false);
        }

        var features = there.ConvertAll(Features);
        var joined = Join(features, new Shape(features.Sum(part => part.Shape.Rows), features[0].Shape.Last));
        foreach (var part in features.Where(part => !kept.ContainsValue(part)))
        {
            part.Dispose();
        }

        return new(joined, count, true);
    }

    public void Dispose()
    {
        foreach (var tensor in kept.Values)
        {
            tensor.Dispose();
        }

        room?.Dispose();
    }

    /// <summary>The tower's features of a sample, [pictures * patches, vision]. What was kept first stays: of data that is gone through again and again, that serves the largest share.</summary>
    private Tensor Features(PreparedSample sample)
    {
        var key = (sample.Source.File, sample.Source.Record);
        if (kept.TryGetValue(key, out var known))
        {
            return known;
        }

        using var frame = operations.Begin();
        var encoded = trainable.Model.EncodeFrames(operations, sample.Pixels!);
        var features = Tensor.Allocate(encoded.Shape, zeroed: false);
        encoded.AsSpan().CopyTo(features.AsSpan());
        if (keptBytes + features.Bytes <= mostBytes)
        {
            kept.Add(key, features);
            keptBytes += features.Bytes;
        }

        return features;
    }

    private Tensor Join(List<Tensor> parts, Shape shape)
    {
        if (room is null || room.Shape.Count < shape.Count)
        {
            room?.Dispose();
            room = Tensor.Allocate(new Shape(checked((int)shape.Count)), zeroed: false);
        }

        var place = 0;
        foreach (var part in parts)
        {
            part.AsSpan().CopyTo(room.AsSpan()[place..]);
            place += part.AsSpan().Length;
        }

        return room.Slice(0, place).Reshape(shape);
    }
}
