namespace Kinora.Models.Generation;

/// <summary>
/// Changes logits before a token is chosen: repetition penalty, temperature, top-k, top-p, in this order and in float32, as the
/// processors and warpers of Hugging Face transformers do. Allocates nothing after its first use.
/// </summary>
/// <remarks>Not thread-safe: one per text that is being generated.</remarks>
public sealed class LogitsProcessor
{
    private readonly GenerationOptions options;
    private int[] penalised = [];
    private int[] order = [];
    private float[] sorted = [];
    private int round;

    /// <summary>Takes the settings.</summary>
    /// <exception cref="GenerationException">A setting can't be used.</exception>
    public LogitsProcessor(GenerationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        this.options = options.Validate();
    }

    /// <summary>Changes the logits in place; removed tokens become minus infinity.</summary>
    /// <param name="logits">One number per token of the vocabulary.</param>
    /// <param name="promptIds">The ids of the prompt, with one placeholder per picture.</param>
    /// <param name="newIds">The ids generated so far.</param>
    public void Process(Span<float> logits, ReadOnlySpan<int> promptIds, ReadOnlySpan<int> newIds)
    {
        Penalise(logits, promptIds, newIds);
        if (!options.Samples)
        {
            return;
        }

        if (options.Temperature != 1)
        {
            var temperature = (float)options.Temperature;
            foreach (ref var logit in logits)
            {
                logit /= temperature;
            }
        }

        if (options.TopK > 0 && options.TopK < logits.Length)
        {
            KeepTopK(logits);
        }

        if (options.TopP < 1)
        {
            KeepTopP(logits);
        }
    }

    /// <summary>Applies only the repetition penalty: each id that occurs counts once, ids beyond the vocabulary don't.</summary>
    /// <inheritdoc cref="Process"/>
    public void Penalise(Span<float> logits, ReadOnlySpan<int> promptIds, ReadOnlySpan<int> newIds)
    {
        if (options.RepetitionPenalty == 1)
        {
            return;
        }

        if (penalised.Length < logits.Length)
        {
            penalised = new int[logits.Length];
        }

        // Marking with the round's number spares clearing the marks each time.
        round++;
        Penalise(logits, promptIds);
        Penalise(logits, newIds);
    }

    private void Penalise(Span<float> logits, ReadOnlySpan<int> ids)
    {
        var penalty = (float)options.RepetitionPenalty;
        foreach (var id in ids)
        {
            if ((uint)id < (uint)logits.Length && penalised[id] != round)
            {
                penalised[id] = round;
                logits[id] = logits[id] < 0 ? logits[id] * penalty : logits[id] / penalty;
            }
        }
    }

    // Everything below the k-th largest value goes; ties with it stay.
    private void KeepTopK(Span<float> logits)
    {
        Reserve(logits.Length);
        var heap = sorted.AsSpan(0, options.TopK);
        heap.Fill(float.NegativeInfinity);
        foreach (var logit in logits)
        {
            if (logit > heap[0])
            {
                ReplaceLeast(heap, logit);
            }
        }

        var least = heap[0];
        foreach (ref var logit in logits)
        {
            logit = logit < least ? float.NegativeInfinity : logit;
        }
    }

    // The heap's least value stands first; both values below a place are at least as large.
    private static void ReplaceLeast(Span<float> heap, float value)
    {
        var place = 0;
        for (var child = 1; child < heap.Length; child = (2 * place) + 1)
        {
            if (child + 1 < heap.Length && heap[child + 1] < heap[child])
            {
                child++;
            }

            if (heap[child] >= value)
            {
                break;
            }

            heap[place] = heap[child];
            place = child;
        }

        heap[place] = value;
    }

    // From the least likely up, tokens go as long as they sum up to no more than 1 - p. The reference adds in double precision and
    // compares in single. The most likely one always stays.
    private void KeepTopP(Span<float> logits)
    {
        var count = Sort(logits);
        if (count == 0)
        {
            return;
        }

        Probabilities.Softmax(sorted.AsSpan(0, count), sorted.AsSpan(0, count));
        var bound = (float)(1 - options.TopP);
        var sum = 0.0;
        for (var index = 0; index < count - 1; index++)
        {
            sum += sorted[index];
            if ((float)sum > bound)
            {
                break;
            }

            logits[order[index]] = float.NegativeInfinity;
        }
    }

    /// <summary>Sorts the logits that are left, smallest first, equals by id.</summary>
    private int Sort(ReadOnlySpan<float> logits)
    {
        Reserve(logits.Length);
        var count = 0;
        for (var id = 0; id < logits.Length; id++)
        {
            if (logits[id] > float.NegativeInfinity)
            {
                sorted[count] = logits[id];
                order[count++] = id;
            }
        }

        sorted.AsSpan(0, count).Sort(order.AsSpan(0, count));
        return count;
    }

    private void Reserve(int length)
    {
        if (sorted.Length < length)
        {
            sorted = new float[length];
            order = new int[length];
        }
    }
}
