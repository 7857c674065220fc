using Kinora.Tensors;
using Kinora.Tensors.Autograd;
using Kinora.Training.Data;
using Kinora.Training.Data.Loading;
using Kinora.Training.Recipes;
using Kinora.Training.Trainers;

namespace Kinora.Training.Worlds;

/// <summary>Learns from rendered clips: texts through the whole model, and what throw-away heads read off the tower and the decoder.</summary>
internal sealed class WorldRunner(TrainableModel trainable, TensorOperations operations, Tape tape, int microBatchTokens, WorldSection world, TrainingProfile profile) : IStepRunner, IDisposable
{
    private readonly WorldHeads heads = new(trainable.Store);
    private Tensor? room;

    public string? Refusal(PreparedSample sample) => null;

    public StepResult Learn(IReadOnlyList<PreparedSample> samples, ulong dropoutSeed, CancellationToken cancellation)
    {
        var all = samples.Cast<WorldSample>().ToList();
        var (counts, tally, tokens, weighted, number) = (WorldCounts.Of(all), new WorldTally(), 0L, 0.0, 0UL);
        foreach (var cut in MicroBatches.Cut([.. all.Select(sample => sample.Encoded.Positions)], microBatchTokens))
        {
            cancellation.ThrowIfCancellationRequested();
            tape.DropoutSeed = CounterRandom.Mix(dropoutSeed, number++);
            var part = all.GetRange(cut.First, cut.Count);
            using var recording = operations.Record(tape);
            weighted += Forward(part, counts, tally);
            using (profile.Time(TrainingPart.Backward))
            {
                recording.Backward();
            }

            tokens += cut.Positions;
        }

        return new(counts.Learned == 0 ? tally.Kind.Value ?? 0 : weighted / counts.TextWeight, tokens, counts.Learned) { Parts = tally.Parts() };
    }

    public StepResult Judge(IReadOnlyList<PreparedSample> samples, CancellationToken cancellation) => throw new NotSupportedException("Rendered samples are judged by what the model writes about them.");

    public void Dispose() => room?.Dispose();

    /// <returns>The weighted sum of the texts' losses.</returns>
    private double Forward(List<WorldSample> part, WorldCounts counts, WorldTally tally)
    {
        using var forward = profile.Time(TrainingPart.Forward);
        var features = trainable.Model.EncodeFrames(operations, Join(part));
        if (world.TowerLoss > 0)
        {
            heads.LearnTower(operations, features, [.. part.Select(sample => sample.Targets)], counts, world.TowerLoss, tally);
        }

        var told = part.Where(sample => sample.Branches.Count > 0).ToList();
        if (told.Count == 0)
        {
            return 0;
        }

        if (told.Count < part.Count)
        {
            throw new InvalidOperationException("Frames without text and frames with text can't stand in one part.");
        }

        var batch = PackedBatch.OfBranches([.. told.Select(sample => (sample.Prefix, (IReadOnlyList<(int[], int[])>)[.. sample.Branches.Select(branch => (branch.Ids, branch.Labels))]))], trainable.Model.ImageTokenId, trainable.Model.VisualTokens);
        var visual = trainable.Model.Connect(operations, features, told.Sum(sample => sample.Targets.Frames));
        var x = trainable.Model.Merge(operations, batch.Ids, visual);
        x = trainable.Model.Decoder.Forward(operations, x, batch.Divide(operations), (block, stream) =>
        {
            if (block == WorldHeads.MotionBlock(trainable.Model) && world.MotionLoss > 0)
            {
                var (rows, motion) = MotionRows(told);
                heads.LearnMotion(operations, stream, rows, motion, world.MotionLoss / Math.Max(1, counts.Moving), tally);
            }
        });
        x = trainable.Model.Decoder.Normalise(operations, operations.Embed(batch.BranchRows, x));
        var branches = told.SelectMany(sample => sample.Branches).ToList();
        var (losses, factors) = (new float[batch.Rows.Length], new float[batch.Rows.Length]);
        for (var i = 0; i < factors.Length; i++)
        {
            factors[i] = (float)(branches[batch.Samples[i]].Weight / counts.TextWeight);
        }

        trainable.Model.Decoder.CrossEntropy(operations, x, batch.Labels, losses, factors);
        var sum = 0.0;
        for (var i = 0; i < losses.Length; i++)
        {
            var branch = branches[batch.Samples[i]];
            tally.Add(branch.Kind, losses[i]);
            sum += losses[i] * branch.Weight;
        }

        return sum;
    }

    /// <summary>Where the patches that have a toy, and a frame before them, stand in the packed sequences.</summary>
    private (int[] Rows, float[] Motion) MotionRows(List<WorldSample> samples)
    {
        var (rows, motion, first) = (new List<int>(), new List<float>(), 0);
        foreach (var sample in samples)
        {
            var (targets, place, frame) = (sample.Targets, first, 0);
            var grid = (int)Math.Round(Math.Sqrt(targets.Patches));
            foreach (var id in sample.Prefix)
            {
                if (id != trainable.Model.ImageTokenId)
                {
                    place++;
                    continue;
                }

                for (var patch = 0; patch < targets.Patches; patch++)
                {
                    var at = (frame * targets.Patches) + patch;
                    if (targets.Moves[at])
                    {
                        rows.Add(place + (patch / grid * (grid + 1)) + (patch % grid));
                        motion.AddRange(targets.Motion.AsSpan(at * PatchTargets.MotionNumbers, PatchTargets.MotionNumbers));
                    }
                }

                place += trainable.Model.VisualTokens;
                frame++;
            }

            first += sample.Encoded.Positions;
        }

        return ([.. rows], [.. motion]);
    }

    private Tensor Join(List<WorldSample> samples)
    {
        var (count, shape) = (samples.Sum(sample => sample.Pixels!.Shape[0]), samples[0].Pixels!.Shape);
        var joined = new Shape(count, shape[1], shape[2], shape[3]);
        if (room is null || room.Shape.Count < joined.Count)
        {
            room?.Dispose();
            room = Tensor.Allocate(new Shape(checked((int)joined.Count)), zeroed: false);
        }

        var place = 0;
        foreach (var sample in samples)
        {
            var pixels = sample.Pixels!.AsSpan();
            pixels.CopyTo(room.AsSpan()[place..]);
            place += pixels.Length;
        }

        return room.Slice(0, place).Reshape(joined);
    }
}
