using Kinora.Models.Families;
using Kinora.Models.Inputs;
using Kinora.Tensors;

namespace Kinora.Training.Trainers;

/// <summary>The pictures of a batch: pixels that the tower is to see, or what it made of them before.</summary>
/// <param name="Values">The pixels of the layout, or the tower's features [rows, vision]; null without pictures.</param>
/// <param name="Layout">How they are laid out.</param>
/// <param name="AreFeatures">Whether the tower is done with them.</param>
public readonly record struct BatchPictures(Tensor? Values, VisualLayout Layout, bool AreFeatures)
{
    /// <summary>No pictures.</summary>
    public static BatchPictures None => new(null, VisualLayout.None, false);

    /// <summary>Pictures that the tower is to see, or none.</summary>
    public static BatchPictures Of(VisualInput? input) => input is null ? None : new(input.Pixels, input.Layout, false);

    /// <summary>What stands in the sequence, [tokens, hidden]; null without pictures.</summary>
    public Tensor? Connect(VisionLanguageModel model, TensorOperations operations)
        => Values is null ? null : model.Connect(operations, AreFeatures ? Values : model.Encode(operations, Values, Layout.Units), Layout.Units);
}
