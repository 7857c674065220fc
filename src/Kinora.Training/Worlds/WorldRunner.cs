using Kinora.Models.Inputs;
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
    private readonly JoinedTensors joined = new();

    public string? Refusal(PreparedSample sample) => null;

    public StepResult Learn(IReadOnlyList<PreparedSample> samples, ulong dropoutSeed, CancellationToken cancellation)
    {
        var all = samples.Cast<WorldSample>().ToList();
        var (counts, tally, tokens, weighted, number) = (WorldCounts.Of(all), new WorldTally(), 0L, 0.0, 0UL);
        foreach (var part in Parts(all))
        {
            cancellation.ThrowIfCancellationRequested();
            tape.DropoutSeed = CounterRandom.Mix(dropoutSeed, number++);
            using var recording = operations.Record(tape);
            weighted += Forward(part, counts, tally);
            using (profile.Time(TrainingPart.Backward))
            {
                recording.Backward();
            }

            tokens += part.Sum(sample => (long)sample.Encoded.Positions);
        }

        return new(counts.Learned == 0 ? tally.Kind.Value ?? tally.Motion.Value ?? 0 : weighted / counts.TextWeight, tokens, counts.Learned) { Parts = tally.Parts() };
    }

    public StepResult Judge(IReadOnlyList<PreparedSample> samples, CancellationToken cancellation) => throw new NotSupportedException("Rendered samples are judged by what the model writes about them.");

    public void Dispose() => joined.Dispose();

    /// <returns>The weighted sum of the texts' losses.</returns>
    private double Forward(List<WorldSample> part, WorldCounts counts, WorldTally tally)
    {
        using var forward = profile.Time(TrainingPart.Forward);
        var layout = VisualLayout.Join(part.Select(sample => sample.Input!.Layout));
        var features = trainable.Model.Encode(operations, joined.Of(part.ConvertAll(sample => sample.Input!.Pixels)), layout.Units);
        if (world.TowerLoss > 0)
        {
            heads.LearnTower(operations, features, [.. part.Select(sample => sample.Targets)], counts, world.TowerLoss, tally);
        }

        if (!part[0].IsRead)
        {
            return 0;
        }

        var motion = WorldHeads.MotionBlock(trainable.Model);
        var visual = trainable.Model.Connect(operations, features, layout.Units);
        if (part[0].Branches.Count == 0)
        {
            var prefixes = trainable.Model.Merge(operations, [.. part.SelectMany(sample => sample.Prefix)], visual);
            trainable.Model.Decoder.Forward(operations, prefixes, operations.Divide([.. part.Select(sample => sample.Encoded.Positions)]), LearnMotion, motion + 1);
            return 0;
        }

        var batch = PackedBatch.OfBranches([.. part.Select(sample => (sample.Prefix, (IReadOnlyList<(int[], int[])>)[.. sample.Branches.Select(branch => (branch.Ids, branch.Labels))]))]);
        var x = trainable.Model.Merge(operations, batch.Ids, visual);
        x = trainable.Model.Decoder.Forward(operations, x, batch.Divide(operations), LearnMotion);
        x = trainable.Model.Decoder.Normalise(operations, operations.Embed(batch.BranchRows, x));
        var branches = part.SelectMany(sample => sample.Branches).ToList();
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

        void LearnMotion(int block, Tensor stream)
        {
            if (block == motion && world.MotionLoss > 0)
            {
                var (rows, numbers) = MotionRows(part);
                heads.LearnMotion(operations, stream, rows, numbers, world.MotionLoss / Math.Max(1, counts.Moving), tally);
            }
        }
    }

    /// <summary>Parts that fit the memory, each of one kind: frames alone, clips without text, clips with text.</summary>
    private IEnumerable<List<WorldSample>> Parts(List<WorldSample> samples)
        => from kind in samples.GroupBy(sample => (sample.IsRead, sample.Branches.Count > 0)).OrderBy(same => same.Key)
           let same = kind.ToList()
           from cut in MicroBatches.Cut([.. same.Select(sample => sample.Encoded.Positions)], microBatchTokens)
           select same.GetRange(cut.First, cut.Count);

    /// <summary>Where the patches that have a toy, and a frame before them, stand in the packed sequences.</summary>
    private (int[] Rows, float[] Motion) MotionRows(List<WorldSample> samples)
    {
        var (rows, motion, first) = (new List<int>(), new List<float>(), 0);
        foreach (var sample in samples)
        {
            var (targets, frame) = (sample.Targets, 0);
            var tokens = sample.Input!.Layout.Items[0].Tokens;
            for (var place = 0; place < sample.Prefix.Length; place++)
            {
                if (!trainable.Model.IsPlaceholder(sample.Prefix[place]))
                {
                    continue;
                }

                for (var patch = 0; patch < targets.Patches; patch++)
                {
                    var at = (frame * targets.Patches) + patch;
                    if (targets.Moves[at])
                    {
                        rows.Add(first + place + (patch / targets.Grid * (targets.Grid + 1)) + (patch % targets.Grid));
                        motion.AddRange(targets.Motion.AsSpan(at * PatchTargets.MotionNumbers, PatchTargets.MotionNumbers));
                    }
                }

                place += tokens - 1;
                frame++;
            }

            first += sample.Encoded.Positions;
        }

        return ([.. rows], [.. motion]);
    }
}
