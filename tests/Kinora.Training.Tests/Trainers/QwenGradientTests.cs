using Kinora.Media;
using Kinora.Models.Families;
using Kinora.Models.Generation;
using Kinora.Models.Inputs;
using Kinora.Tensors;
using Kinora.Tensors.Autograd;
using Kinora.Training.Optimization;
using Kinora.Training.Trainers;

namespace Kinora.Training.Tests.Trainers;

/// <summary>Qwen2-VL's network as it learns: pictures of several sizes in one batch, positions of three axes, a fused layer of queries, keys and values.</summary>
public sealed class QwenGradientTests : IDisposable
{
    private static readonly LoraSettings Everywhere = new()
    {
        Rank = 2,
        Alpha = 4,
        Targets = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj", "visual.*"],
        LearningRate = 1,
    };

    private readonly TensorOperations operations = new();

    public void Dispose() => operations.Dispose();

    [Theory]
    [InlineData("tarsier2", false)]
    [InlineData("qwen2vl", false)]
    [InlineData("qwen2vl", true)]
    public void Gradients_are_the_slopes_of_the_loss_and_computing_blocks_again_changes_no_bit(string family, bool lora)
    {
        using var trainable = Load(family, lora);
        var (batch, input) = Batch(trainable.Model);
        using (input)
        {
            var gradients = Gradients(trainable, batch, input, new Tape());
            var again = Gradients(trainable, batch, input, new Tape { RecomputesBlocks = true });
            Assert.Equal(trainable.Store.Parameters.Count, gradients.Count);
            Assert.All(gradients, pair => Assert.Equal(pair.Value, again[pair.Key]));
            foreach (var (name, gradient) in gradients)
            {
                var norm = Math.Sqrt(gradient.Sum(value => (double)value * value));
                if (norm < 1e-5)
                {
                    continue; // biases of keys, whose gradients are zero but for noise
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

                    return Loss(trainable.Model, batch, BatchPictures.Of(input));
                }
            }
        }
    }

    [Theory]
    [InlineData("tarsier2")]
    [InlineData("qwen2vl")]
    public void The_loss_is_that_of_reading_token_by_token(string family)
    {
        using var model = ModelLoader.Load(Fixture.At(family, "checkpoint"));
        var samples = Samples(model);
        var (batch, input) = Batch(model);
        using (input)
        {
            var expected = new List<double>();
            foreach (var (media, ids, answer) in samples)
            {
                using var session = new Session(model);
                using var pixels = media.Length == 0 ? null : model.Prepare(media);
                using var visual = pixels is null ? null : session.Encode(pixels);
                session.Read(ids, visual);
                foreach (var id in answer)
                {
                    var scores = session.Logits.ToArray().Select(score => (double)score).ToArray();
                    expected.Add(Math.Log(scores.Sum(score => Math.Exp(score - scores.Max()))) + scores.Max() - scores[id]);
                    session.Read(id);
                }
            }

            Assert.Equal(expected.Average(), Loss(model, batch, BatchPictures.Of(input)), 1e-5);

            // The same twice in one batch, as pairs have it.
            var twice = PackedBatch.Of([.. Enumerable.Repeat(Packed(samples), 2).SelectMany(all => all)]);
            Assert.Equal(expected.Average(), Loss(model, twice, BatchPictures.Of(input), copies: 2), 1e-5);
        }
    }

    [Fact]
    public void Branches_go_on_from_the_positions_of_their_prefix()
    {
        using var model = ModelLoader.Load(Fixture.At("qwen2vl", "checkpoint"));
        var (media, ids, answer) = Samples(model)[1];
        using var input = model.Prepare(media);
        int[] other = [answer[0], 70, 71, 72];
        var shared = PackedBatch.OfBranches([(ids, [(answer, [-100, .. answer[1..]]), (other, [-100, .. other[1..]])])]);
        var apart = PackedBatch.Of([.. new[] { answer, other }.Select(branch => ((int[])[.. ids, .. branch], (int[])[.. ids.Select(_ => -100), -100, .. branch[1..]]))]);
        Assert.Equal(Loss(model, apart, BatchPictures.Of(input), copies: 2), Loss(model, shared, BatchPictures.Of(input)), 1e-6);
    }

    private static TrainableModel Load(string family, bool lora)
    {
        var trainable = TrainableModel.Load(Fixture.At(family, "checkpoint"), (_, name, tensor) => lora ? null : new(name, tensor.Shape, 1, 0), lora ? Everywhere : null);
        var random = new Random(12);
        foreach (var parameter in trainable.Store.Parameters.Where(parameter => parameter.Settings.Name.Contains("lora_B", StringComparison.Ordinal)))
        {
            using var values = SmallTarsier.Random(random, 0.3f, (int)parameter.Settings.Shape.Count);
            values.AsSpan().CopyTo(parameter.Weights.AsSpan());
        }

        return trainable;
    }

    /// <summary>Text only, a video and a still of different sizes, and a wide still.</summary>
    private static (VisualMedia[] Media, int[] Ids, int[] Answer)[] Samples(VisionLanguageModel model)
    {
        var random = new Random(3);
        VisualMedia[][] media = [[], [new([Noise(80, 60), Noise(80, 60), Noise(80, 60)], true), new([Noise(40, 90)], false)], [new([Noise(150, 40)], false)]];
        return [.. media.Select((own, i) =>
        {
            VisualShape[] shapes = [.. own.Select(one => one.Shape)];
            return (own, model.Expand(model.Tokenize(model.FirstPrompt("What is it?", shapes), begins: true), model.Plan(shapes)), (int[])[.. Enumerable.Range(0, 3 + i).Select(_ => random.Next(20, 380))]);
        })];

        Picture Noise(int width, int height)
        {
            var picture = new Picture(width, height, 3);
            random.NextBytes(picture.Pixels);
            return picture;
        }
    }

    private static IEnumerable<(int[] Ids, int[] Labels)> Packed((VisualMedia[] Media, int[] Ids, int[] Answer)[] samples)
        => samples.Select(sample => ((int[])[.. sample.Ids, .. sample.Answer], (int[])[.. sample.Ids.Select(_ => -100), .. sample.Answer]));

    private static (PackedBatch Batch, VisualInput Input) Batch(VisionLanguageModel model)
    {
        var samples = Samples(model);
        var inputs = samples.Where(sample => sample.Media.Length > 0).Select(sample => model.Prepare(sample.Media)).ToList();
        var layout = VisualLayout.Join(inputs.Select(input => input.Layout));
        var pixels = Tensor.From([.. inputs.SelectMany(input => input.Pixels.AsSpan().ToArray())], model.PixelShape(layout));
        inputs.ForEach(input => input.Dispose());
        return (PackedBatch.Of([.. Packed(samples)]), new(pixels, layout));
    }

    private double Loss(VisionLanguageModel model, PackedBatch batch, BatchPictures pictures, int copies = 1)
    {
        using var frame = operations.Begin();
        var pass = new LossPass(model, operations);
        var losses = new float[batch.Rows.Length];
        pass.Losses(batch, pass.Forward(batch, pictures, copies), losses);
        return losses.Average(loss => (double)loss);
    }

    private Dictionary<string, float[]> Gradients(TrainableModel trainable, PackedBatch batch, VisualInput input, Tape tape)
    {
        using (tape)
        {
            var pass = new LossPass(trainable.Model, operations);
            var (losses, factors) = (new float[batch.Rows.Length], new float[batch.Rows.Length]);
            Array.Fill(factors, 1f / factors.Length);
            using var recording = operations.Record(tape);
            pass.Losses(batch, pass.Forward(batch, BatchPictures.Of(input)), losses, factors);
            recording.Backward();
        }

        var gradients = trainable.Store.Parameters.Where(parameter => parameter.Weights.Gradient is not null)
            .ToDictionary(parameter => parameter.Settings.Name, parameter => parameter.Gradients.AsSpan().ToArray());
        trainable.Store.ForgetGradients();
        return gradients;
    }
}
