using Kinora.Models.Adapters;
using Kinora.Tensors;
using Kinora.Training.Conversations;
using Kinora.Training.Data.Loading;
using Kinora.Training.Recipes;
using Kinora.Training.Runs;

namespace Kinora.Training.Trainers;

/// <summary>The reference of preference tuning: the model before its first step, another checkpoint, or the model with its adapters off.</summary>
internal sealed class ReferenceSource(Recipe recipe, RunDirectory run, TrainableModel trainable, TensorOperations operations) : IAsyncDisposable
{
    private ReferenceCache? cache;

    /// <summary>The log-probabilities of a pair's better and worse answer.</summary>
    public (double Chosen, double Rejected) Of(PreparedSample sample)
    {
        cache ??= Open();
        if (recipe.Dpo!.Reference != ReferenceKind.LoraOff || cache.Has(sample.Source))
        {
            return cache.Of(sample.Source);
        }

        var pair = WithoutAdapters(() => LogProbabilities(trainable, sample));
        cache.Add(sample.Source, pair);
        return pair;
    }

    /// <summary>Computes what the run will need, before anything has been learned.</summary>
    public async Task PrepareAsync(DataSetup data, ConversationEncoder encoder, SampleLoaderOptions options, long samples, ITrainingJournal journal, CancellationToken cancellation)
    {
        if (recipe.Dpo!.Reference == ReferenceKind.LoraOff)
        {
            var others = trainable.Store.Parameters.Count - (2 * trainable.Adapted.Count);
            if (trainable.Adapted.Count == 0 || others > 0)
            {
                throw new RecipeException("The recipe's 'dpo.reference' is lora_off, which needs adapters ('lora') and nothing else that learns; choose start");
            }

            return;
        }

        cache ??= Open();
        using var other = recipe.Dpo.Reference == ReferenceKind.Directory ? TrainableModel.Load(recipe.Dpo.ReferenceDirectory!, (_, _, _) => null, cancellation: cancellation) : null;
        var (total, usable) = (Math.Min(samples, data.Mix.EpochLength), 0L);

        // With weights an epoch's length of samples needn't hold every record.
        var most = Math.Max(data.Mix.EpochLength, recipe.Data.Any(source => source.Weight is not null) ? 2 * samples : 0);
        await using var loader = new SampleLoader(data.Files, data.Mix, encoder, options, cancellation: cancellation);
        for (var n = 0L; usable < samples && n < most; n++)
        {
            journal.Preparing("log-probabilities of the reference", Math.Min(n, total), total);
            if (await loader.TakeAsync(cancellation).ConfigureAwait(false) is PreparedSample sample)
            {
                // A step whose samples are all broken draws others, so only those that can be used count.
                usable += sample.Rejected is null ? 0 : 1;
                if (sample.Rejected is not null && !cache.Has(sample.Source))
                {
                    cache.Add(sample.Source, LogProbabilities(other ?? trainable, sample));
                }

                sample.Dispose();
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        cache?.Dispose();
        return ValueTask.CompletedTask;
    }

    private ReferenceCache Open() => ReferenceCache.Open(run.ReferenceFile);

    private (double Chosen, double Rejected) LogProbabilities(TrainableModel model, PreparedSample sample)
    {
        var batch = PackedBatch.Of([(sample.Encoded.Ids, sample.Encoded.Labels), (sample.Rejected!.Ids, sample.Rejected.Labels)]);
        var sums = new PreferencePass(model.Model, operations).LogProbabilities(batch, BatchPictures.Of(sample.Input), copies: 2);
        return (sums[0], sums[1]);
    }

    private T WithoutAdapters<T>(Func<T> compute)
    {
        var adapters = trainable.Adapted.SelectMany(layer => trainable.Model.Weights.Layers[layer.Name].Adapters).Select(adapter => (Adapter: adapter, adapter.Scale)).ToList();
        adapters.ForEach(entry => entry.Adapter.Scale = 0);
        try
        {
            return compute();
        }
        finally
        {
            adapters.ForEach(entry => entry.Adapter.Scale = entry.Scale);
        }
    }
}
