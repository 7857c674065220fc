using Kinora.Media;
using Kinora.Models.Families;
using Kinora.Models.Inputs;
using Kinora.Tensors;
using Kinora.Toybox.Drawing;
using Kinora.Toybox.World;

namespace Kinora.Training.Worlds;

/// <summary>Renders frames and prepares them as inference does, with a little noise: a clip that went through a video codec differs from the rendered one by as much. Thread-safe.</summary>
internal sealed class WorldPixels(VisionLanguageModel model)
{
    // Levels of 255, either way.
    private const float Noise = 3;

    private readonly ClipRenderer renderer = new();

    /// <summary>Patches along a side of a frame.</summary>
    public int Grid { get; } = (int)Math.Round(Math.Sqrt(model.Plan([new(1, ClipPlan.Side, ClipPlan.Side, IsVideo: false)]).Units[0].FeatureRows));

    /// <summary>Some frames as the tower wants them; owned by the caller.</summary>
    public VisualInput Of(ClipPlan plan, int[] frames, ulong seed)
    {
        var input = Clean(plan, frames);
        var random = new CounterRandom(seed);

        // Half a level more in one channel or the other makes no difference: all have about the same spread of a quarter of the range.
        var width = 2 * Noise / 255 / 0.268f;
        var values = input.Pixels.AsSpan();
        for (var i = 0; i < values.Length; i += 4)
        {
            var bits = random.Next();
            for (var j = i; j < Math.Min(i + 4, values.Length); j++, bits >>= 16)
            {
                values[j] += (((bits & 0xFFFF) / 65536f) - 0.5f) * width;
            }
        }

        return input;
    }

    /// <summary>The same without noise.</summary>
    public VisualInput Clean(ClipPlan plan, int[] frames) => model.Prepare([new([.. frames.Select(frame => renderer.Frame(plan, frame))], frames.Length > 1)]);
}
