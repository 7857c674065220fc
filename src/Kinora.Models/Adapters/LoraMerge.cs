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
        var merged = Wide(layer.Weight);
        foreach (var adapter in layer.Adapters)
        {
            using var a = Wide(adapter.Down);
            using var b = Wide(adapter.Up);
            for (var row = 0; row < merged.Shape.Rows; row++)
            {
                var target = merged.Row(row);
                for (var rank = 0; rank < a.Shape.Rows; rank++)
                {
                    var factor = adapter.Scale * b.Row(row)[rank];
                    var source = a.Row(rank);
                    for (var i = 0; i < target.Length; i++)
                    {
                        target[i] += factor * source[i];
                    }
                }
            }
        }

        return merged;
    }

    private static Tensor Wide(Tensor stored)
    {
        var wide = Tensor.Allocate(stored.Shape, zeroed: false);
        StorageConversion.Widen(stored, wide);
        return wide;
    }
}
