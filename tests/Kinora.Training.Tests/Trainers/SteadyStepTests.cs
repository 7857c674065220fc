using Kinora.Models.Inputs;
using Kinora.Tensors;
using Kinora.Tensors.Autograd;
using Kinora.Tensors.Threading;
using Kinora.Training.Optimization;
using Kinora.Training.Trainers;

namespace Kinora.Training.Tests.Trainers;

/// <summary>Steps after the first ones take no new memory, managed or not, whatever the order of lengths.</summary>
public sealed class SteadyStepTests : IDisposable
{
    private readonly TrainableModel trainable = TrainableModel.Load(Fixture.Toybox, (_, name, tensor) => new(name, tensor.Shape, 1e-5, tensor.Shape.Rank < 2 ? 0 : 0.01) { Optimizer = Kind(tensor) });
    private readonly TensorOperations operations = new(new WorkerPool(1));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Steps_take_no_memory_once_all_lengths_have_been_met(bool recomputes)
    {
        using var tape = new Tape { RecomputesBlocks = recomputes, RoundsKeptInputs = recomputes };
        var optimizer = new Optimizer(operations, trainable.Store, new() { MaxGradientNorm = 1 });
        var pass = new LossPass(trainable.Model, operations);
        var random = new Random(1);
        var batches = new[] { (1, 5), (3, 40), (2, 13), (1, 90) }.Select(size => Batch(random, size.Item1, size.Item2)).ToArray();
        var (losses, factors) = (new float[400], new float[400]);
        Array.Fill(factors, 0.01f);
        try
        {
            foreach (var order in new[] { 0, 1, 2, 3, 2, 1, 0, 3 })
            {
                Step(batches[order]);
            }

            var (activations, gradients) = (operations.Workspace.Capacity, tape.GradientBytes);
            var (most, least) = (0L, long.MaxValue);
            int[] orders = [2, 2, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 1, 2];
            var before = GC.GetAllocatedBytesForCurrentThread();
            foreach (var order in orders)
            {
                Step(batches[order]);
                var held = operations.Workspace.Capacity + tape.GradientBytes;
                (most, least) = (Math.Max(most, held), Math.Min(least, held));
            }

            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
            Assert.Equal((activations + gradients, activations + gradients), (least, most));
        }
        finally
        {
            Array.ForEach(batches, batch => batch.Input.Dispose());
        }

        void Step((PackedBatch Packed, VisualInput Input) batch)
        {
            var rows = batch.Packed.Rows.Length;
            using (var recording = operations.Record(tape))
            {
                pass.Losses(batch.Packed, pass.Forward(batch.Packed, BatchPictures.Of(batch.Input)), losses.AsSpan(0, rows), factors.AsSpan(0, rows));
                recording.Backward();
            }

            optimizer.Step(1, optimizer.ClipFactor(optimizer.GradientNorm()));
        }
    }

    public void Dispose()
    {
        operations.Dispose();
        trainable.Dispose();
    }

    private static OptimizerKind Kind(Tensor tensor) => tensor.Shape.Rank == 2 && tensor.Shape.Rows < 400 ? OptimizerKind.Muon : OptimizerKind.AdamW;

    private (PackedBatch Packed, VisualInput Input) Batch(Random random, int clips, int tokens)
    {
        var model = trainable.Model;
        var samples = Enumerable.Range(0, clips).Select(clip =>
        {
            int[] text = [.. Enumerable.Range(0, tokens + clip).Select(_ => random.Next(5, 400))];
            int[] ids = [.. Enumerable.Repeat(model.ImageTokenId, model.Layout(1).Tokens), .. text];
            int[] labels = [.. Enumerable.Repeat(-100, ids.Length - text.Length), .. text];
            return (ids, labels);
        }).ToArray();
        var pixels = Tensor.Allocate(model.PixelShape(model.Layout(clips)));
        foreach (ref var value in pixels.AsSpan())
        {
            value = random.NextSingle();
        }

        return (PackedBatch.Of(samples), model.Input(pixels));
    }
}
