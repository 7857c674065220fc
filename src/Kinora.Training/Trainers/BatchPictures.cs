using Kinora.Models.Families;
using Kinora.Tensors;

namespace Kinora.Training.Trainers;

/// <summary>The pictures of a batch: pixels that the tower is to see, or what it made of them before.</summary>
/// <param name="Values">[pictures, 3, side, side], or the tower's features [pictures * patches, vision]; null without pictures.</param>
/// <param name="Count">Pictures.</param>
/// <param name="AreFeatures">Whether the tower is done with them.</param>
public readonly record struct BatchPictures(Tensor? Values, int Count, bool AreFeatures)
{
    /// <summary>Pictures that the tower is to see, or none.</summary>
    public static BatchPictures OfPixels(Tensor? pixels) => new(pixels, pixels?.Shape[0] ?? 0, false);

    /// <summary>What stands in the sequence, [pictures * visualTokens, hidden]; null without pictures.</summary>
    public Tensor? Connect(VisionLanguageModel model, TensorOperations operations)
        => Values is null ? null : model.Connect(operations, AreFeatures ? Values : model.EncodeFrames(operations, Values), Count);
}
