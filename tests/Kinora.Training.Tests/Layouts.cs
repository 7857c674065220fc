using Kinora.Models.Families;
using Kinora.Models.Inputs;
using Kinora.Tensors;

namespace Kinora.Training.Tests;

/// <summary>Layouts of frames whose size makes no difference.</summary>
internal static class Layouts
{
    public static VisualShape[] Shapes(int frames) => frames == 0 ? [] : [new(frames, 64, 48, frames > 1)];

    public static VisualLayout Layout(this VisionLanguageModel model, int frames) => model.Plan(Shapes(frames));

    /// <summary>Pixels that are there already.</summary>
    public static VisualInput Input(this VisionLanguageModel model, Tensor pixels) => new(pixels, model.Layout(pixels.Shape[0]));
}
