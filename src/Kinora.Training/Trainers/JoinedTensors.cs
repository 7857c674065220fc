using Kinora.Tensors;

namespace Kinora.Training.Trainers;

/// <summary>Puts tensors one behind the other, into memory that is used again at the next step.</summary>
internal sealed class JoinedTensors : IDisposable
{
    private Tensor? room;

    /// <summary>The values of some tensors in order; valid until the next call.</summary>
    /// <param name="parts">Tensors of the same shape but for the first dimension.</param>
    /// <returns>All of them, their first dimensions added up.</returns>
    public Tensor Of(IReadOnlyList<Tensor> parts)
    {
        var shape = ShapeOf(parts);
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

    public void Dispose() => room?.Dispose();

    private static Shape ShapeOf(IReadOnlyList<Tensor> parts)
    {
        Span<int> extents = stackalloc int[parts[0].Shape.Rank];
        for (var axis = 1; axis < extents.Length; axis++)
        {
            extents[axis] = parts[0].Shape[axis];
        }

        for (var i = 0; i < parts.Count; i++)
        {
            extents[0] += parts[i].Shape[0];
        }

        return new(extents);
    }
}
