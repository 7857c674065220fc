using Kinora.Models.Weights;
using Kinora.Tensors;

namespace Kinora.Models.Adapters;

/// <summary>Adapters added to the weights they belong to: W + scale B A.</summary>
public static class LoraMerge
{
    /// <summary>The weight that gives by itself what the layer gives with its adapters.</summary>
    /// <returns>[outputs, inputs], F32; owned by the caller.</returns>
    public static Tensor Of(LinearLayer layer)
    {
        var merged = Tensor.Allocate(layer.Weight.Shape, zeroed: false);
        StorageConversion.Widen(layer.Weight, merged);
        foreach (var adapter in layer.Adapters)
        {
            for (var row = 0; row < merged.Shape.Rows; row++)
            {
                var target = merged.Row(row);
                for (var rank = 0; rank < adapter.Down.Shape.Rows; rank++)
                {
                    var (factor, down) = (adapter.Scale * adapter.Up.AsSpan()[(row * adapter.Up.Shape.Last) + rank], rank);
                    var source = adapter.Down.Row(down);
                    for (var i = 0; i < target.Length; i++)
                    {
                        target[i] += factor * source[i];
                    }
                }
            }
        }

        return merged;
    }
}
