using Kinora.Tensors;
using Kinora.Tensors.Autograd;
using Kinora.Training.Data;
using Kinora.Training.Data.Loading;

namespace Kinora.Training.Trainers;

/// <summary>Preference tuning over pairs. A pair's pictures are encoded once for both of its answers.</summary>
internal sealed class PreferenceRunner(TrainableModel trainable, TensorOperations operations, Tape tape, int microBatchTokens, double beta, TrainingProfile profile) : IStepRunner, IDisposable
{
    private readonly PreferencePass pass = new(trainable.Model, operations);
    private readonly PictureSource pictures = new(trainable, operations);

    /// <summary>The reference's log-probabilities of a sample's better and worse answer.</summary>
    public required Func<PreparedSample, (double Chosen, double Rejected)> Reference { get; init; }

    public string? Refusal(PreparedSample sample) => sample.Rejected is null ? "it has no rejected answer; preference tuning learns from pairs" : null;

    public StepResult Learn(IReadOnlyList<PreparedSample> samples, ulong dropoutSeed, CancellationToken cancellation)
    {
        var number = 0UL;
        return Sum(samples, (packed, joined, reference) =>
        {
            tape.DropoutSeed = CounterRandom.Mix(dropoutSeed, number++);
            using var time = profile.Time(TrainingPart.Backward);
            return pass.Record(tape, packed, joined, reference, beta, samples.Count, copies: 2);
        }, cancellation);
    }

    public StepResult Judge(IReadOnlyList<PreparedSample> samples, CancellationToken cancellation)
        => Sum(samples, (packed, joined, reference) => PreferencePass.Judge(pass.LogProbabilities(packed, joined, copies: 2), reference, beta, samples.Count), cancellation);

    public void Dispose() => pictures.Dispose();

    private StepResult Sum(IReadOnlyList<PreparedSample> samples, Func<PackedBatch, BatchPictures, double[], PreferenceResult> run, CancellationToken cancellation)
    {
        var (loss, margins, tokens, learned) = (0.0, new List<double>(), 0L, 0L);
        foreach (var cut in MicroBatches.Cut([.. samples.Select(sample => sample.Encoded.Positions + sample.Rejected!.Positions)], microBatchTokens))
        {
            cancellation.ThrowIfCancellationRequested();
            var part = samples.Skip(cut.First).Take(cut.Count).ToList();
            double[] reference;
            using (profile.Time(TrainingPart.Judging))
            {
                var pairs = part.ConvertAll(sample => Reference(sample));
                reference = [.. pairs.Select(pair => pair.Chosen), .. pairs.Select(pair => pair.Rejected)];
            }

            var packed = Pack(part);
            var result = run(packed, pictures.Of(part), reference);
            loss += result.Loss;
            margins.AddRange(result.Margins);
            tokens += packed.Lengths.Sum(length => (long)length);
            learned += packed.Rows.Length;
        }

        return new(loss, tokens, learned) { Margin = margins.Average(), Accuracy = margins.Average(margin => margin > 0 ? 1.0 : 0.0) };
    }

    private PackedBatch Pack(IReadOnlyList<PreparedSample> samples) => PackedBatch.Of(
        [.. samples.Select(sample => (sample.Encoded.Ids, sample.Encoded.Labels)), .. samples.Select(sample => (sample.Rejected!.Ids, sample.Rejected.Labels))]);
}
