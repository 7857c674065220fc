using Kinora.Models.Families;
using Kinora.Models.Generation;
using Kinora.Models.Inputs;
using Kinora.Models.Verification;
using Kinora.Models.Weights;
using Kinora.Tensors;
using Kinora.Tensors.Threading;

namespace Kinora.Models.Tests.Families;

/// <summary>The engine against <see cref="PlainPllava"/> on checkpoints of random shapes, with every instruction set.</summary>
public class PlainPllavaTests
{
    /// <summary>As for <see cref="PlainTarsierTests"/>; updates of random strength make the sums a little longer.</summary>
    private const double Limit = 1e-5;

    private static readonly string[] stages = ["vision_output", "projector_output", "connector_output", "inputs_embeds", "layer_0_output", "final_norm_output"];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(201, 14)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Every_stage_equals_the_plain_reference(int seed)
    {
        using var checkpoint = new RandomPllava(seed);
        int[] videos = [.. Enumerable.Range(0, checkpoint.Next(0, 4)).Select(_ => checkpoint.Next(1, 8))];
        var pictures = checkpoint.Pictures(videos.Sum());
        var prompt = checkpoint.Prompt(videos.Length, checkpoint.Next(1, 30));
        using var model = ModelLoader.Load(checkpoint.Path, seed % 4 == 0 ? WeightFormat.F32 : WeightFormat.AsStored);
        Assert.Equal("pllava", model.Family);
        Assert.Equal(checkpoint.Updates, model.Weights.Adapters.Count);
        model.Weights.Adapters.Alpha = checkpoint.Alpha;

        // What is set for a run wins over the files.
        var pooling = checkpoint.Pooling;
        if (seed % 3 == 0)
        {
            pooling = pooling with { Frames = 5, Target = (4, 2, 3) };
            model.Apply(new() { Frames = 5, Pooling = new(4, 2, 3) });
        }

        var reference = checkpoint.Reference(videos, pooling);
        var expected = reference.Logits([.. pictures.Select(picture => picture.Select(value => (double)value).ToArray())], prompt)[^1];
        foreach (var set in TensorOperations.Supported)
        {
            using var session = new Session(model, new TensorOperations(seed % 2 == 0 ? WorkerPool.Shared : new WorkerPool(1), set));
            var recorder = new TensorRecorder();
            session.Operations.Observer = recorder.Observe;
            using var visual = Encode(session, videos, pictures);
            session.Read(model.Expand(prompt, visual?.Layout ?? VisualLayout.None), visual);
            foreach (var name in stages.Where(name => recorder.Names.Contains(name)))
            {
                Near(recorder.Joined(name), reference.Stages[name], $"{name} with {set}");
            }

            Assert.Equal(videos.Length > 0, recorder.Names.Contains("projector_output"));
            Near(session.Logits, expected, $"logits with {set}");
        }
    }

    [Theory]
    [InlineData(WeightFormat.BF16, 0.05)]
    [InlineData(WeightFormat.Q8_0, 0.1)]
    public void Rounded_updates_cost_what_the_format_costs(WeightFormat format, double limit)
    {
        using var exact = ModelLoader.Load(Fixture.At("pllava-7b", "checkpoint"));
        using var rounded = ModelLoader.Load(Fixture.At("pllava-7b", "checkpoint"), format);
        Assert.True(rounded.Weights.ConvertedBytes[WeightPart.Adapter] > 0);
        int[] ids = [1, .. Enumerable.Range(20, 50)];
        Assert.InRange(Distance(exact, rounded, 32), 1e-4, limit);
        Assert.True(Distance(exact, exact, 0, 32) > 0.1, "the updates change little");

        double Distance(VisionLanguageModel one, VisionLanguageModel other, double alpha, double? otherAlpha = null)
        {
            var (left, right) = (Logits(one, alpha), Logits(other, otherAlpha ?? alpha));
            return Math.Sqrt(left.Zip(right, (a, b) => (a - b) * (a - b)).Sum() / left.Sum(a => a * a));
        }

        double[] Logits(VisionLanguageModel model, double alpha)
        {
            model.Weights.Adapters.Alpha = alpha;
            using var session = new Session(model);
            session.Read(ids, null);
            return [.. session.Logits.ToArray().Select(value => (double)value)];
        }
    }

    /// <summary>The specification's identity: what a wrapped model says at alpha 4 lies an eighth of the way from 0 to 32, for each layer.</summary>
    [Fact]
    public void Alpha_goes_from_the_picture_model_to_the_video_model_in_a_straight_line()
    {
        using var model = ModelLoader.Load(Fixture.At("pllava-7b", "checkpoint"));
        var layer = model.Weights.Layers["language_model.model.layers.0.self_attn.q_proj"];
        using var operations = new TensorOperations();
        using var x = Tensor.From([.. Enumerable.Range(0, 9 * 64).Select(i => MathF.Sin(i))], new Shape(9, 64));
        var (zero, four, all) = (At(0), At(4), At(32));
        for (var i = 0; i < zero.Length; i++)
        {
            Assert.Equal((0.875 * zero[i]) + (0.125 * all[i]), four[i], 1e-4);
        }

        Assert.Equal([0, 0.015625, 0.03125, 0.0625, 0.09375, 0.125, 0.15625, 0.25], new double[] { 0, 2, 4, 8, 12, 16, 20, 32 }.Select(alpha =>
        {
            model.Weights.Adapters.Alpha = alpha;
            return (double)Assert.Single(layer.Adapters).Scale;
        }));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Weights.Adapters.Alpha = double.NaN);

        float[] At(double alpha)
        {
            model.Weights.Adapters.Alpha = alpha;
            using var frame = operations.Begin();
            return layer.Forward(operations, x).AsSpan().ToArray();
        }
    }

    [Fact]
    public void A_video_of_many_frames_passes_the_tower_in_parts_with_the_same_result()
    {
        using var model = ModelLoader.Load(Fixture.At("pllava-7b", "checkpoint"));
        model.Apply(new() { Pooling = new(5, 2, 2) });
        var random = new Random(4);
        using var pixels = Tensor.From([.. Enumerable.Range(0, 300 * 3 * 40 * 40).Select(_ => random.NextSingle())], new Shape(300, 3, 40, 40));
        var layout = model.Plan([new(300, 64, 48, IsVideo: true)]);
        using var session = new Session(model);
        var done = new List<int>();
        using var visual = session.Encode(new(pixels, layout), (parts, all) => done.Add(parts));
        Assert.True(done.Count > 2 && done[^1] == 300, string.Join(" ", done));
        using var operations = new TensorOperations();
        var whole = model.Connect(operations, model.Encode(operations, pixels, layout.Units), layout.Units);
        Assert.True(visual.Rows.AsSpan().ToArray().Zip(whole.AsSpan().ToArray(), (one, other) => Math.Abs(one - other)).Max() < 1e-4);
    }

    private static VisualEmbeddings? Encode(Session session, int[] videos, float[][] pictures)
    {
        if (pictures.Length == 0)
        {
            return null;
        }

        var side = (int)Math.Sqrt(pictures[0].Length / 3);
        using var pixels = Tensor.From([.. pictures.SelectMany(picture => picture)], new Shape(pictures.Length, 3, side, side));
        return session.Encode(new(pixels, session.Model.Plan([.. videos.Select(frames => new VisualShape(frames, 64, 48, frames > 1))])));
    }

    private static void Near(ReadOnlySpan<float> actual, ReadOnlySpan<double> expected, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        var (difference, norm) = (0.0, 0.0);
        for (var i = 0; i < actual.Length; i++)
        {
            difference += (actual[i] - expected[i]) * (actual[i] - expected[i]);
            norm += expected[i] * expected[i];
        }

        Assert.True(Math.Sqrt(difference / norm) <= Limit, $"{what}: {Math.Sqrt(difference / norm):g3}");
    }
}
