using Kinora.Models.Families;
using Kinora.Models.Generation;
using Kinora.Models.Inputs;
using Kinora.Models.Verification;
using Kinora.Models.Weights;
using Kinora.Tensors;
using Kinora.Tensors.Threading;

namespace Kinora.Models.Tests.Families;

/// <summary>The engine against <see cref="PlainQwen"/> on checkpoints of random shapes, with every instruction set.</summary>
public class PlainQwenTests
{
    /// <summary>Relative L2 error of float32 sums through up to 112 layers; measured: at most 4e-6 at every stage with every instruction set.</summary>
    private const double Limit = 1e-5;

    private static readonly WorkerPool[] pools = [new(1), WorkerPool.Shared, new(3)];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 30)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Every_stage_equals_the_plain_reference(int seed)
    {
        const int NewTokens = 3;
        using var checkpoint = new RandomQwen(seed);

        // Some prompts are longer than the decoder's chunk, with a picture across its end.
        var wide = seed % 10 == 0;
        var items = checkpoint.Items(checkpoint.Next(wide ? 1 : 0, 5), wide ? 8 : 4);
        var prompt = checkpoint.Prompt(items.Length, wide ? 500 : checkpoint.Next(1, 30));
        using var model = (Qwen2VlModel)ModelLoader.Load(checkpoint.Path, seed % 5 == 0 ? WeightFormat.F32 : WeightFormat.AsStored);
        Assert.Equal(checkpoint.Sizes.IsTarsier ? "tarsier2" : "qwen2vl", model.Family);
        var layout = LayoutOf(checkpoint.Sizes, items);
        using var pixels = Tensor.From([.. items.SelectMany(item => item.Patches).SelectMany(patch => patch).Select(value => (float)value)], model.PixelShape(layout));
        (int[] Ids, double[][] Logits, PlainQwen Plain)? reference = null;
        foreach (var set in TensorOperations.Supported)
        {
            using var session = new Session(model, new TensorOperations(pools[seed % pools.Length], set));
            var recorder = new TensorRecorder();
            session.Operations.Observer = recorder.Observe;
            using var visual = items.Length == 0 ? null : session.Encode(new VisualInput(pixels, layout));
            var expanded = model.Expand(prompt, layout);
            session.Read(expanded, visual);
            session.Operations.Observer = null;
            var places = session.Length;
            Assert.Equal(expanded.Length, places);
            var (ids, logits) = (new List<int>(), new List<float[]> { session.Logits.ToArray() });
            while (ids.Count < NewTokens)
            {
                ids.Add(Probabilities.MostLikely(session.Logits));
                session.Read(ids[^1]);
                logits.Add(session.Logits.ToArray());
            }

            if (ids.Exists(model.IsPlaceholder))
            {
                // To the reference this id would mean a picture.
                ids = ids[..ids.FindIndex(model.IsPlaceholder)];
            }

            if (reference is null || !reference.Value.Ids.SequenceEqual(ids))
            {
                var plain = checkpoint.Reference;
                reference = ([.. ids], plain.Logits(items, [.. prompt, .. ids]), plain);
            }

            Assert.Equal(reference.Value.Plain.Positions.Max(axis => axis.Max()) + 1 - ids.Count + NewTokens, session.Cache!.NextPosition);
            foreach (var name in new[] { "vision_output", "connector_output", "inputs_embeds", "layer_0_output", "final_norm_output" }.Where(name => items.Length > 0 || name[0] is not ('v' or 'c')))
            {
                // The reference has also read the new tokens; they come last and change nothing before them.
                var expected = reference.Value.Plain.Stages[name];
                Near(recorder.Joined(name), expected.AsSpan(0, name is "vision_output" or "connector_output" ? expected.Length : places * checkpoint.Sizes.Text), $"{name} with {set}");
            }

            for (var step = 0; step <= ids.Count; step++)
            {
                Near(logits[step], reference.Value.Logits[places - 1 + step], $"logits {step} with {set}");
            }
        }
    }

    [Fact]
    public void Reading_in_parts_keeps_the_positions_behind_pictures()
    {
        using var checkpoint = new RandomQwen(4);
        using var model = ModelLoader.Load(checkpoint.Path);
        var items = checkpoint.Items(2, 4);
        var layout = LayoutOf(checkpoint.Sizes, items);
        using var pixels = Tensor.From([.. items.SelectMany(item => item.Patches).SelectMany(patch => patch).Select(value => (float)value)], model.PixelShape(layout));
        int[] first = model.Expand(checkpoint.Prompt(2, 9), layout), second = checkpoint.Prompt(0, 12);
        using var whole = new Session(model);
        using var visual = whole.Encode(new VisualInput(pixels, layout));
        whole.Read([.. first, .. second], visual);
        using var parts = new Session(model);
        parts.Read(first, visual);
        parts.Read(second.AsSpan()[..5], null);
        var length = parts.Length;
        parts.Read(checkpoint.Prompt(0, 3), null);
        parts.Rewind(length, length);
        parts.Read(second.AsSpan()[5..], null);
        Assert.Equal(whole.Cache!.NextPosition, parts.Cache!.NextPosition);
        Assert.NotEqual(whole.Length, whole.Cache.NextPosition);
        Near(parts.Logits.ToArray(), [.. whole.Logits.ToArray().Select(value => (double)value)], "logits");
    }

    private static VisualLayout LayoutOf(PlainQwenSizes sizes, PlainItem[] items) => new(
        [.. items.Select(item => new VisualItem(item.Time * item.Rows * item.Columns / (sizes.Merge * sizes.Merge), item.Time, item.Rows / sizes.Merge, item.Columns / sizes.Merge))],
        [.. items.SelectMany(item => Enumerable.Repeat(PatchSlice.Of(item.Rows, item.Columns, sizes.Merge), item.Time))]);

    private static void Near(float[] actual, ReadOnlySpan<double> expected, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        var (difference, norm) = (0.0, 0.0);
        for (var i = 0; i < actual.Length; i++)
        {
            difference += (actual[i] - expected[i]) * (actual[i] - expected[i]);
            norm += expected[i] * expected[i];
        }

        Assert.True(Math.Sqrt(difference) <= Limit * Math.Sqrt(norm), $"{what}: relative error {Math.Sqrt(difference / norm):0.0e+00}");
    }
}
