using Kinora.Models.Families;
using Kinora.Models.Inputs;
using Kinora.Models.Verification;
using Kinora.Tensors;
using Kinora.Tensors.Autograd;
using Kinora.Training.Data;
using Kinora.Training.Trainers;

namespace Kinora.Training.Verification;

/// <summary>A golden batch on its way forward: intermediate results, logits and losses.</summary>
internal sealed class GoldenForward(TensorOperations operations, VisionLanguageModel model, GoldenBatch batch)
{
    /// <summary>The loss of a batch, factor times the sum over its tokens, whose gradient goes to the parameters.</summary>
    public static double Loss(TensorOperations operations, Tape tape, VisionLanguageModel model, PackedBatch batch, VisualInput? input, double factor)
    {
        var pass = new LossPass(model, operations);
        var (losses, factors) = (new float[batch.Rows.Length], new float[batch.Rows.Length]);
        Array.Fill(factors, (float)factor);
        using var recording = operations.Record(tape);
        pass.Losses(batch, pass.Forward(batch, BatchPictures.Of(input)), losses, factors);
        recording.Backward();
        return losses.Sum(loss => (double)loss) * factor;
    }

    /// <summary>Compares all that a file of expected tensors holds and that is known here.</summary>
    public IEnumerable<TensorComparison> Compare(GoldenTensors expected, double limit)
    {
        var packed = batch.Packed;
        var seen = new Dictionary<string, float[]>();
        using var frame = operations.Begin();
        operations.Observer = (name, tensor) => seen[name] = tensor.AsSpan().ToArray();
        Tensor hidden;
        try
        {
            var x = model.Merge(operations, packed.Ids, BatchPictures.Of(batch.Input).Connect(model, operations));
            hidden = model.Decoder.Normalise(operations, model.Decoder.Forward(operations, x, operations.Divide(packed.Lengths)));
        }
        finally
        {
            operations.Observer = null;
        }

        var losses = new float[packed.Rows.Length];
        model.Decoder.CrossEntropy(operations, operations.Embed(packed.Rows, hidden), packed.Labels, losses);
        var results = new List<TensorComparison>();
        foreach (var name in expected.Names)
        {
            var shape = expected.Shape(name);
            switch (name)
            {
                case "vision_output" or "connector_output":
                    results.Add(expected.Relative(name, "inputs", seen[name], limit));
                    break;
                case "inputs_embeds":
                    results.Add(expected.Relative(name, "inputs", batch.Padded(seen[name], shape), limit));
                    break;
                case "logits":
                    results.Add(expected.Relative(name, "inputs", batch.Padded(model.Decoder.Logits(operations, hidden).AsSpan(), shape), limit));
                    break;
                case "token_loss":
                    results.Add(expected.Relative(name, "inputs", TokenLosses(losses, shape, 1), limit));
                    break;
                case "token_log_probability":
                    results.Add(expected.Relative(name, "inputs", TokenLosses(losses, shape, -1), limit));
                    break;
                case "sample_loss":
                    results.Add(expected.Relative(name, "inputs", [.. SampleLosses(losses)], limit));
                    break;
                case "loss":
                    results.Add(expected.Relative(name, "inputs", [losses.Average()], limit));
                    break;
                case "loss_mean_of_means":
                    results.Add(expected.Relative(name, "inputs", [SampleLosses(losses).Average()], limit));
                    break;
                case "valid_tokens":
                    results.Add(expected.Exact(name, "inputs", [.. packed.Samples.GroupBy(sample => sample).Select(group => group.LongCount())]));
                    break;
                case "attention_mask_merged":
                    results.Add(expected.Exact(name, "inputs", Positions(shape, (_, _) => 1, 0)));
                    break;
                case "position_ids":
                    results.Add(expected.Exact(name, "inputs", Positions(shape, (_, position) => position, 1)));
                    break;
                case "labels_merged":
                    results.Add(expected.Exact(name, "inputs", MergedLabels(shape)));
                    break;
            }
        }

        return results;
    }

    private IEnumerable<float> SampleLosses(float[] losses)
        => losses.Zip(batch.Packed.Samples).GroupBy(pair => pair.Second).Select(group => group.Average(pair => pair.First));

    private float[] TokenLosses(float[] losses, int[] shape, float factor)
    {
        var values = new float[shape[0] * shape[1]];
        foreach (var (loss, place) in losses.Zip(Places(shape[1])))
        {
            values[place] = factor * loss;
        }

        return values;
    }

    private List<long> Positions(int[] shape, Func<int, int, long> value, long padding)
        => [.. from sample in Enumerable.Range(0, shape[0])
               from position in Enumerable.Range(0, shape[1])
               select position < batch.Packed.Lengths[sample] ? value(sample, position) : padding];

    private long[] MergedLabels(int[] shape)
    {
        var labels = new long[shape[0] * shape[1]];
        Array.Fill(labels, EncodedSample.Ignored);
        foreach (var (label, place) in batch.Packed.Labels.Zip(Places(shape[1])))
        {
            labels[place + 1] = label;
        }

        return labels;
    }

    /// <summary>Where each learned row lies in padded rows of this many positions.</summary>
    private IEnumerable<int> Places(int positions)
    {
        var starts = batch.Packed.Lengths.Select((_, sample) => batch.Packed.Lengths.Take(sample).Sum()).ToArray();
        return batch.Packed.Rows.Zip(batch.Packed.Samples).Select(pair => (pair.Second * positions) + pair.First - starts[pair.Second]);
    }
}
