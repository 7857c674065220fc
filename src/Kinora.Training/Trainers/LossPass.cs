using Kinora.Models.Families;
using Kinora.Tensors;

namespace Kinora.Training.Trainers;

/// <summary>The way from pixels and ids to the loss of each learned token.</summary>
public sealed class LossPass(VisionLanguageModel model, TensorOperations operations)
{
    /// <summary>Runs the model up to the rows that the head reads.</summary>
    /// <param name="batch">The samples.</param>
    /// <param name="pictures">The pictures of all samples in order.</param>
    /// <param name="copies">How often the pictures stand in the batch, one whole row of them after the other: twice for pairs, which are then encoded once.</param>
    /// <returns>[rows of the batch, hidden], normalised.</returns>
    public Tensor Forward(PackedBatch batch, BatchPictures pictures, int copies = 1)
    {
        var visual = pictures.Connect(model, operations);
        var repeated = visual is null || copies == 1 ? visual : operations.Concatenate(0, [.. Enumerable.Repeat(visual, copies)]);
        var x = model.Merge(operations, batch.Ids, repeated);
        x = model.Decoder.Forward(operations, x, model.Decoder.Arrange(operations, batch.Divide(operations), batch.Places(model, pictures.Layout, copies)));
        return model.Decoder.Normalise(operations, operations.Embed(batch.BranchRows, x));
    }

    /// <summary>The losses of all learned tokens, -log p; while recording, their gradients are seeded.</summary>
    /// <param name="batch">The samples.</param>
    /// <param name="hidden">What <see cref="Forward"/> gave.</param>
    /// <param name="losses">Receives one loss per row.</param>
    /// <param name="factors">What each row counts in the gradient; empty: no gradient.</param>
    public void Losses(PackedBatch batch, Tensor hidden, Span<float> losses, ReadOnlySpan<float> factors = default)
        => model.Decoder.CrossEntropy(operations, hidden, batch.Labels, losses, factors);
}
