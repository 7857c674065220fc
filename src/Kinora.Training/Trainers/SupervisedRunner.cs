using Kinora.Tensors;
using Kinora.Tensors.Autograd;
using Kinora.Training.Data;
using Kinora.Training.Data.Loading;

namespace Kinora.Training.Trainers;

/// <summary>Supervised fine-tuning: the mean cross-entropy of all learned tokens of a step, however they are divided into micro-batches.</summary>
internal sealed class SupervisedRunner(TrainableModel trainable, TensorOperations operations, Tape tape, int microBatchTokens, TrainingProfile profile) : IStepRunner, IDisposable
{
    private readonly LossPass pass = new(trainable.Model, operations);
    private readonly PictureSource pictures = new(trainable, operations);

    public string? Refusal(PreparedSample sample) => null;

    public StepResult Learn(IReadOnlyList<PreparedSample> samples, ulong dropoutSeed, CancellationToken cancellation)
    {
        var batches = Pack(samples);
        var learned = batches.Sum(batch => (long)batch.Packed.Rows.Length);
        var (loss, number) = (0.0, 0UL);
        foreach (var (packed, part) in batches)
        {
            cancellation.ThrowIfCancellationRequested();
            tape.DropoutSeed = CounterRandom.Mix(dropoutSeed, number++);
            var (losses, factors) = (new float[packed.Rows.Length], new float[packed.Rows.Length]);
            Array.Fill(factors, 1f / learned);
            BatchPictures seen;
            using (profile.Time(TrainingPart.Forward))
            {
                seen = pictures.Of(part);
            }

            using var recording = operations.Record(tape);
            Tensor hidden;
            using (profile.Time(TrainingPart.Forward))
            {
                hidden = pass.Forward(packed, seen);
            }

            using (profile.Time(TrainingPart.Head))
            {
                pass.Losses(packed, hidden, losses, factors);
            }

            using (profile.Time(TrainingPart.Backward))
            {
                recording.Backward();
            }

            loss += losses.Sum(value => (double)value);
        }

        return new(loss / learned, batches.Sum(batch => batch.Packed.Lengths.Sum(length => (long)length)), learned);
    }

    public StepResult Judge(IReadOnlyList<PreparedSample> samples, CancellationToken cancellation)
    {
        var (loss, learned, tokens) = (0.0, 0L, 0L);
        foreach (var (packed, part) in Pack(samples))
        {
            cancellation.ThrowIfCancellationRequested();
            var losses = new float[packed.Rows.Length];
            var seen = pictures.Of(part);
            using var frame = operations.Begin();
            pass.Losses(packed, pass.Forward(packed, seen), losses);
            loss += losses.Sum(value => (double)value);
            learned += losses.Length;
            tokens += packed.Lengths.Sum(length => (long)length);
        }

        return new(loss / Math.Max(1, learned), tokens, learned);
    }

    public void Dispose() => pictures.Dispose();

    private List<(PackedBatch Packed, IReadOnlyList<PreparedSample> Samples)> Pack(IReadOnlyList<PreparedSample> samples)
        => [.. from cut in MicroBatches.Cut([.. samples.Select(sample => sample.Encoded.Positions)], microBatchTokens)
               let part = samples.Skip(cut.First).Take(cut.Count).ToList()
               select (PackedBatch.Of([.. part.Select(sample => (sample.Encoded.Ids, sample.Encoded.Labels))]), (IReadOnlyList<PreparedSample>)part)];
}
