using Kinora.Tensors;

namespace Kinora.Training.Trainers;

/// <summary>The pictures of several samples as one tensor, in memory that is used again.</summary>
internal sealed class BatchPixels : IDisposable
{
    private Tensor? room;

    /// <summary>Puts pictures one behind the other.</summary>
    /// <param name="samples">[pictures, 3, side, side] of each sample, or null.</param>
    /// <returns>All pictures, valid until the next call; null if there are none.</returns>
    public Tensor? Join(IReadOnlyList<Tensor?> samples)
    {
        var there = samples.OfType<Tensor>().ToList();
        if (there.Count <= 1)
        {
            return there.FirstOrDefault();
        }

        var (pictures, first) = (there.Sum(pixels => pixels.Shape[0]), there[0].Shape);
        if (room is null || room.Shape[0] < pictures)
        {
            room?.Dispose();
            room = Tensor.Allocate(new Shape(pictures, first[1], first[2], first[3]), zeroed: false);
        }

        var place = 0;
        foreach (var pixels in there)
        {
            pixels.AsSpan().CopyTo(room.Slice(place, pixels.Shape[0]).AsSpan());
            place += pixels.Shape[0];
        }

        return room.Slice(0, pictures);
    }

    public void Dispose() => room?.Dispose();
}
