using Kinora.Models.Families;
using Kinora.Models.Inputs;
using Kinora.Tensors;
using Kinora.Tensors.Autograd;
using Kinora.Tensors.Threading;
using Kinora.Training.Exports;
using Kinora.Training.Optimization;
using Kinora.Training.Trainers;

namespace Kinora.Training.Tests.Trainers;

/// <summary>PLLaVA learns: gradients through the whole of a small model with averaged videos of several lengths, against differences of its own loss.</summary>
public sealed class PllavaModelTests : IDisposable
{
    // Fewer frames than the model wants, as many, more, and text alone.
    private static readonly int[] frames = [1, 4, 6, 0];

    private readonly TensorOperations operations = new(new WorkerPool(2));

    public void Dispose() => operations.Dispose();

    [Theory]
    [InlineData(true, "")]
    [InlineData(true, "multi_modal_projector.")]
    [InlineData(false, "vision_tower.")]
    public void Gradients_are_the_slopes_of_the_loss(bool wrapped, string learns)
    {
        using var checkpoint = new SmallPllava(wrapped);
        using var trainable = SmallPllava.Load(checkpoint.Path, learns);
        using var batch = Batch.Of(trainable.Model);
        var gradients = Gradients(trainable, batch, new Tape());
        Assert.Equal(wrapped && learns.Length == 0, gradients.Keys.Any(name => name.EndsWith(".lora_B.default.weight", StringComparison.Ordinal)));
        var again = Gradients(trainable, batch, new Tape { RecomputesBlocks = true });
        Assert.All(gradients, pair => Assert.Equal(pair.Value, again[pair.Key]));
        foreach (var (name, gradient) in gradients)
        {
            var norm = Math.Sqrt(gradient.Sum(value => (double)value * value));
            if (norm < 1e-5)
            {
                continue; // the tower's key biases, whose gradients are zero but for noise
            }

            var weights = trainable.Store[name].Weights.AsSpan().ToArray();
            var step = Math.Min(0.02 / norm, 0.02);
            var slope = (LossAt(step) - LossAt(-step)) / (2 * step);
            LossAt(0);
            Assert.True(Math.Abs(slope - norm) < (0.01 * norm) + 2e-4, $"{name}: the loss rises by {slope} along a gradient of length {norm}");

            double LossAt(double distance)
            {
                var values = trainable.Store[name].Weights.AsSpan();
                for (var i = 0; i < values.Length; i++)
                {
                    values[i] = (float)(weights[i] + (distance * gradient[i] / norm));
                }

                return Loss(trainable, batch);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_step_of_projector_and_adapters_lowers_the_loss_and_is_saved_under_the_names_that_were_read(bool wrapped)
    {
        using var checkpoint = new SmallPllava(wrapped);
        using var directory = new TemporaryDirectory();
        using var exported = new TemporaryDirectory();
        var lora = new LoraSettings { Rank = 2, Alpha = 4, Targets = ["q_proj", "v_proj"], LearningRate = 1 };
        using var trainable = SmallPllava.Load(checkpoint.Path, "multi_modal_projector.", lora);
        using var batch = Batch.Of(trainable.Model);
        var before = Loss(trainable, batch);
        using (var tape = new Tape())
        {
            Learn(trainable, batch, tape);
        }

        new Optimizer(operations, trainable.Store, new()).Step(1e-3, 1);
        var learned = Loss(trainable, batch);
        Assert.True(learned < before, $"{before} -> {learned}");
        Assert.True(AdapterExport.HoldsAll(trainable));
        AdapterExport.Write(exported.Path, trainable, withLayers: true);
        ModelExport.Write(directory.Path, trainable);

        using (var saved = SmallPllava.Load(directory.Path, null))
        using (var adapter = Kinora.Models.Adapters.LoraAdapter.Load(exported.Path))
        {
            Assert.Equal(trainable.Model.Checkpoint.All.Select(entry => entry.Name), saved.Model.Checkpoint.All.Select(entry => entry.Name));
            adapter.Attach(saved.Model);
            Assert.Equal(learned, Loss(saved, batch), 1e-5);
        }
    }

    private double Loss(TrainableModel trainable, Batch batch)
    {
        using var frame = operations.Begin();
        var pass = new LossPass(trainable.Model, operations);
        var losses = new float[batch.Packed.Rows.Length];
        pass.Losses(batch.Packed, pass.Forward(batch.Packed, BatchPictures.Of(batch.Input)), losses);
        return losses.Sum(loss => (double)loss) / losses.Length;
    }

    private void Learn(TrainableModel trainable, Batch batch, Tape tape)
    {
        var pass = new LossPass(trainable.Model, operations);
        var (losses, factors) = (new float[batch.Packed.Rows.Length], new float[batch.Packed.Rows.Length]);
        Array.Fill(factors, 1f / factors.Length);
        using var recording = operations.Record(tape);
        pass.Losses(batch.Packed, pass.Forward(batch.Packed, BatchPictures.Of(batch.Input)), losses, factors);
        recording.Backward();
    }

    private Dictionary<string, float[]> Gradients(TrainableModel trainable, Batch batch, Tape tape)
    {
        using (tape)
        {
            Learn(trainable, batch, tape);
        }

        var gradients = trainable.Store.Parameters.Where(parameter => parameter.Weights.Gradient is not null)
            .ToDictionary(parameter => parameter.Settings.Name, parameter => parameter.Gradients.AsSpan().ToArray());
        trainable.Store.ForgetGradients();
        return gradients;
    }

    private sealed record Batch(PackedBatch Packed, VisualInput Input) : IDisposable
    {
        public static Batch Of(VisionLanguageModel model)
        {
            var random = new Random(5);
            var layout = model.Plan([.. frames.Where(count => count > 0).Select(count => new VisualShape(count, 64, 48, IsVideo: count > 1))]);
            Assert.Equal([18, 18, 18], layout.Units.Select(unit => unit.Tokens));
            var samples = frames.Select((count, sample) =>
            {
                int[] text = [.. Enumerable.Range(0, 5 + sample).Select(_ => random.Next(3, 290))];
                var places = count > 0 ? layout.Units[0].Tokens : 0;
                int[] ids = [text[0], .. Enumerable.Repeat(model.ImageTokenId, places), .. text[1..]];
                return (ids, (int[])[.. ids.Select((id, i) => i <= places || id == model.ImageTokenId ? -100 : id)]);
            }).ToArray();
            var shape = model.PixelShape(layout);
            return new(PackedBatch.Of(samples), new(SmallTarsier.Random(random, 2f, [shape[0], shape[1], shape[2], shape[3]]), layout));
        }

        public void Dispose() => Input.Dispose();
    }
}
