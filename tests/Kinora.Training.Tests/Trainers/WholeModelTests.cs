using Kinora.Models.Families;
using Kinora.Tensors;
using Kinora.Tensors.Autograd;
using Kinora.Tensors.Threading;
using Kinora.Training.Exports;
using Kinora.Training.Optimization;
using Kinora.Training.Trainers;

namespace Kinora.Training.Tests.Trainers;

/// <summary>Gradients through a whole small model in settings that the golden data don't have, against differences of its own loss.</summary>
public sealed class WholeModelTests : IDisposable
{
    private static readonly LoraSettings Everywhere = new()
    {
        Rank = 3,
        Alpha = 6,
        Targets = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj", "vision_tower.*", "multi_modal_projector.*"],
        LearningRate = 1,
    };

    private readonly TensorOperations operations = new(new WorkerPool(2));

    public void Dispose() => operations.Dispose();

    /// <summary>Text only, two pictures, one picture behind text, and a sample that predicts a single token.</summary>
    [Theory]
    [InlineData(false, false, "", false, new[] { 0, 2, 1, 0 })]
    [InlineData(true, false, "", false, new[] { 0, 2 })]
    [InlineData(true, false, "language_model.model.embed_tokens", false, new[] { 1 })]
    [InlineData(false, true, "", false, new[] { 2, 0 })]
    [InlineData(false, true, "language_model.model.layers.1", true, new[] { 1, 0 })]
    [InlineData(false, false, "vision_tower", false, new[] { 0, 3 })]
    [InlineData(false, false, null, true, new[] { 0, 2 })]
    [InlineData(false, false, null, true, new[] { 0, 0 })]
    [InlineData(true, false, "", true, new[] { 0, 1 })]
    public void Gradients_are_the_slopes_of_the_loss_and_computing_blocks_again_changes_no_bit(bool tied, bool biases, string? learns, bool lora, int[] pictures)
    {
        using var checkpoint = new SmallTarsier(tied, biases);
        using var trainable = checkpoint.Load(learns, lora ? Everywhere : null);
        var (batch, pixels) = Batch(trainable.Model, pictures);
        var gradients = Gradients(trainable, batch, pixels, new Tape());
        var again = Gradients(trainable, batch, pixels, new Tape { RecomputesBlocks = true });
        Assert.Equal(gradients.Keys, again.Keys);
        Assert.All(gradients, pair => Assert.Equal(pair.Value, again[pair.Key]));

        // Without a picture in the batch nothing reaches tower and projector; everything else has a gradient.
        Assert.Equal(pictures.Sum() == 0, !gradients.Keys.Any(name => name.StartsWith("vision_tower.", StringComparison.Ordinal) || name.StartsWith("multi_modal", StringComparison.Ordinal))
            && trainable.Store.Parameters.Any(parameter => parameter.Settings.Name.StartsWith("vision_tower.", StringComparison.Ordinal)));
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

                return Loss(trainable, batch, pixels);
            }
        }
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Samples_that_share_a_prefix_learn_what_separate_ones_do(bool recomputes, bool lora)
    {
        using var checkpoint = new SmallTarsier();
        using var trainable = checkpoint.Load("", lora ? Everywhere : null);
        var (image, visual, random) = (trainable.Model.ImageTokenId, trainable.Model.Layout(1).Tokens, new Random(8));

        // Two pictures and three branches, the middle one of a single learned token; none and two; one and one.
        var sequences = new[] { (2, new[] { 7, 2, 4 }), (0, [5, 3]), (1, [6]) }.Select(sequence => (Prefix: Text(5, sequence.Item1), Branches: (IReadOnlyList<(int[] Ids, int[] Labels)>)Branches(sequence.Item2))).ToArray();
        var shape = trainable.Model.PixelShape(trainable.Model.Layout(3));
        using var pixels = SmallTarsier.Random(random, 2f, [shape[0], shape[1], shape[2], shape[3]]);
        using var copies = Tensor.From([.. new[] { 0, 1, 0, 1, 0, 1, 2 }.SelectMany(picture => pixels.Slice(picture, 1).AsSpan().ToArray())], new Shape(7, shape[1], shape[2], shape[3]));
        var shared = PackedBatch.OfBranches(sequences);
        var separate = PackedBatch.Of([.. sequences.SelectMany(sequence => sequence.Branches.Select(branch => (
            (int[])[.. sequence.Prefix, .. branch.Ids], (int[])[.. sequence.Prefix.Select(_ => -100), .. branch.Labels])))]);
        Assert.Equal(separate.Labels, shared.Labels);
        Assert.Equal(separate.Samples, shared.Samples);
        Assert.True(shared.Lengths.Sum() < separate.Lengths.Sum());
        Assert.Equal(Loss(trainable, separate, copies), Loss(trainable, shared, pixels), 2e-6);
        var expected = Gradients(trainable, separate, copies, new Tape { RecomputesBlocks = recomputes });
        var actual = Gradients(trainable, shared, pixels, new Tape { RecomputesBlocks = recomputes });
        Assert.Equal(expected.Keys, actual.Keys);
        foreach (var (name, gradient) in expected)
        {
            var norm = Math.Sqrt(gradient.Sum(value => (double)value * value));
            var off = Math.Sqrt(gradient.Zip(actual[name], (one, other) => ((double)one - other) * ((double)one - other)).Sum());
            Assert.True(off < (1e-5 * norm) + 1e-7, $"{name}: a gradient of length {norm} is off by {off}");
        }

        int[] Text(int length, int pictures) => [3, .. Enumerable.Repeat(image, pictures * visual), .. Enumerable.Range(1, length - 1).Select(_ => random.Next(3, 290))];

        (int[] Ids, int[] Labels)[] Branches(int[] lengths) => [.. lengths.Select(length =>
        {
            var ids = Text(length, 0);
            return (ids, (int[])[.. ids.Select((id, i) => i == 0 || (i == 1 && length > 4) ? -100 : id)]);
        })];
    }

    [Fact]
    public void A_branch_whose_first_token_nothing_predicts_is_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => PackedBatch.OfBranches([([1], [([7, 8], [7, 8])])]));
        Assert.Contains("7", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Dropout_of_adapters_touches_nothing_but_what_they_read(bool recomputes)
    {
        using var checkpoint = new SmallTarsier();
        using var trainable = SmallTarsier.Load(checkpoint.Path, "multi_modal_projector.", Everywhere with { Dropout = 0.5 });
        var (batch, pixels) = Batch(trainable.Model, [1, 0, 2]);

        // Their B is zero, so whatever they read the model says what it says without them.
        using var tape = new Tape { RecomputesBlocks = recomputes };
        Assert.Equal(Loss(trainable, batch, pixels), Learn(trainable, batch, pixels, tape));
    }

    [Fact]
    public void Dropout_of_adapters_is_the_same_when_blocks_are_computed_again()
    {
        using var checkpoint = new SmallTarsier();
        using var trainable = checkpoint.Load("language_model.model.layers", Everywhere with { Dropout = 0.5 });
        var (batch, pixels) = Batch(trainable.Model, [1, 0, 2]);
        var gradients = Gradients(trainable, batch, pixels, new Tape());
        Assert.All(Gradients(trainable, batch, pixels, new Tape { RecomputesBlocks = true }), pair => Assert.Equal(gradients[pair.Key], pair.Value));
    }

    [Fact]
    public void A_tied_head_that_is_stored_twice_learns_as_one_and_is_saved_once()
    {
        using var checkpoint = new SmallTarsier(tied: true);
        using var directory = new TemporaryDirectory();
        double learned;
        PackedBatch batch;
        Tensor? pixels;
        using (var trainable = checkpoint.Load("language_model."))
        {
            Assert.Null(trainable.Store.Home("language_model.lm_head.weight"));
            (batch, pixels) = Batch(trainable.Model, [1, 0]);
            using var tape = new Tape();
            var before = Learn(trainable, batch, pixels, tape);
            new Optimizer(operations, trainable.Store, new()).Step(1e-3, 1);
            learned = Loss(trainable, batch, pixels);
            Assert.True(learned < before, $"{before} -> {learned}");
            ModelExport.Write(directory.Path, trainable);
        }

        using var saved = SmallTarsier.Load(directory.Path, null);
        Assert.Equal(learned, Loss(saved, batch, pixels));
        Assert.DoesNotContain(saved.Model.Checkpoint.All, entry => entry.Name.Contains("lm_head", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(StorageFormat.F16, 2e-3)]
    [InlineData(StorageFormat.BF16, 2e-2)]
    [InlineData(StorageFormat.F32, 0)]
    public void A_model_is_saved_in_the_format_that_is_asked_for(StorageFormat format, double tolerance)
    {
        using var checkpoint = new SmallTarsier();
        using var directory = new TemporaryDirectory();
        double learned;
        PackedBatch batch;
        Tensor? pixels;
        using (var trainable = checkpoint.Load("language_model."))
        {
            (batch, pixels) = Batch(trainable.Model, [1, 0]);
            learned = Loss(trainable, batch, pixels);
            ModelExport.Write(directory.Path, trainable, format);
        }

        using var saved = SmallTarsier.Load(directory.Path, null);
        Assert.Equal(learned, Loss(saved, batch, pixels), tolerance * learned);
        var dtype = format.ToString();
        Assert.All(saved.Model.Checkpoint.All, entry => Assert.Equal(dtype, entry.Dtype.ToString()));
    }

    private static (PackedBatch Batch, Tensor? Pixels) Batch(VisionLanguageModel model, int[] pictures)
    {
        var random = new Random(5);
        var samples = pictures.Select((count, sample) =>
        {
            int[] text = [.. Enumerable.Range(0, sample == 3 ? 2 : 5 + sample).Select(_ => random.Next(3, 290))];
            var places = count * model.Layout(1).Tokens;
            int[] ids = [text[0], .. Enumerable.Repeat(model.ImageTokenId, places), .. text[1..]];
            int[] labels = [.. ids.Select((id, i) => i <= places || id == model.ImageTokenId ? -100 : id)];
            return (ids, labels);
        }).ToArray();
        var all = pictures.Sum();
        var shape = model.PixelShape(model.Layout(Math.Max(1, all)));
        var pixels = all == 0 ? null : SmallTarsier.Random(random, 2f, [shape[0], shape[1], shape[2], shape[3]]);
        return (PackedBatch.Of(samples), pixels);
    }

    private double Loss(TrainableModel trainable, PackedBatch batch, Tensor? pixels)
    {
        using var frame = operations.Begin();
        var pass = new LossPass(trainable.Model, operations);
        var losses = new float[batch.Rows.Length];
        pass.Losses(batch, pass.Forward(batch, BatchPictures.Of(pixels is null ? null : trainable.Model.Input(pixels))), losses);
        return losses.Sum(loss => (double)loss) / losses.Length;
    }

    private double Learn(TrainableModel trainable, PackedBatch batch, Tensor? pixels, Tape tape)
    {
        tape.DropoutSeed = 9;
        var pass = new LossPass(trainable.Model, operations);
        var (losses, factors) = (new float[batch.Rows.Length], new float[batch.Rows.Length]);
        Array.Fill(factors, 1f / factors.Length);
        using var recording = operations.Record(tape);
        pass.Losses(batch, pass.Forward(batch, BatchPictures.Of(pixels is null ? null : trainable.Model.Input(pixels))), losses, factors);
        recording.Backward();
        return losses.Sum(loss => (double)loss) / losses.Length;
    }

    private Dictionary<string, float[]> Gradients(TrainableModel trainable, PackedBatch batch, Tensor? pixels, Tape tape)
    {
        using (tape)
        {
            Learn(trainable, batch, pixels, tape);
        }

        var gradients = trainable.Store.Parameters.Where(parameter => parameter.Weights.Gradient is not null)
            .ToDictionary(parameter => parameter.Settings.Name, parameter => parameter.Gradients.AsSpan().ToArray());
        trainable.Store.ForgetGradients();
        return gradients;
    }
}
