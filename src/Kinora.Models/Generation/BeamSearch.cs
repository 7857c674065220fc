namespace Kinora.Models.Generation;

/// <summary>
/// Beam search as Hugging Face transformers 4.44 computes it: sums of float32 log probabilities, at least twice as many candidates
/// as beams per step, scores divided by the length to a power.
/// </summary>
/// <remarks>
/// Details that decide close races there and are kept: an end token counts only among the first <c>beams</c> candidates; the test
/// for the end looks at the best candidate of the step, end tokens included; the repetition penalty changes log probabilities; of
/// several end tokens, a finished text shows the first one in the options whichever came.
/// </remarks>
public static class BeamSearch
{
    // Keeps all beams but the first out of the first step, as they are copies of it.
    private const float Excluded = -1e9f;

    /// <summary>Searches for the best continuations.</summary>
    /// <param name="model">The model, at the end of the prompt.</param>
    /// <param name="promptIds">The prompt, for the repetition penalty.</param>
    /// <param name="options">Beams, length penalty, early stopping, repetition penalty, end tokens and the limit; stop strings are the caller's business.</param>
    /// <param name="cancellation">Looked at before each step.</param>
    /// <returns>As many texts as beams, the best first.</returns>
    /// <exception cref="GenerationException">An option can't be used, or the model gave no numbers.</exception>
    public static IReadOnlyList<BeamHypothesis> Run(IBeamModel model, ReadOnlySpan<int> promptIds, GenerationOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        var processor = new LogitsProcessor(options);
        var beams = options.Beams;
        var hypotheses = new BeamHypotheses(beams, options.LengthPenalty, options.EarlyStopping);

        // So many that each beam goes on even if all end tokens are among the best.
        var candidates = new BeamCandidates(Math.Max(2, 1 + options.EndIds.Count) * beams);
        var logProbabilities = new float[model.VocabularySize];
        var texts = Enumerable.Range(0, beams).Select(_ => Array.Empty<int>()).ToArray();
        var sums = new float[beams];
        sums.AsSpan(1).Fill(Excluded);
        var (parents, tokens) = (new int[beams], new int[beams]);

        model.Start(beams);
        for (var length = 1; ; length++)
        {
            cancellation.ThrowIfCancellationRequested();
            candidates.Clear();
            for (var beam = 0; beam < beams; beam++)
            {
                Probabilities.LogSoftmax(model.Logits(beam), logProbabilities);
                processor.Penalise(logProbabilities, promptIds, texts[beam]);
                candidates.Offer(beam, sums[beam], logProbabilities);
            }

            var running = Sort(candidates, hypotheses, options, texts, length, parents, tokens, sums);
            if (hypotheses.AreDone(candidates[0].Sum, length))
            {
                break;
            }

            texts = [.. parents.Zip(tokens, (parent, token) => (int[])[.. texts[parent], token])];
            if (length == options.MaxNewTokens || running < beams)
            {
                for (var beam = 0; beam < running; beam++)
                {
                    hypotheses.Add(texts[beam], sums[beam], length, ended: false);
                }

                break;
            }

            model.Advance(parents, tokens);
        }

        return hypotheses.Best();
    }

    /// <summary>Sorts candidates into finished texts and the beams of the next step.</summary>
    /// <returns>The number of beams that go on; fewer than all only if the vocabulary is smaller than the end tokens and beams need.</returns>
    private static int Sort(BeamCandidates candidates, BeamHypotheses hypotheses, GenerationOptions options, int[][] texts, int length, int[] parents, int[] tokens, float[] sums)
    {
        var running = 0;
        for (var rank = 0; rank < candidates.Count && running < parents.Length; rank++)
        {
            var (sum, beam, token) = candidates[rank];
            if (!options.EndIds.Contains(token))
            {
                (parents[running], tokens[running], sums[running]) = (beam, token, sum);
                running++;
            }
            else if (rank < parents.Length)
            {
                hypotheses.Add([.. texts[beam], options.EndIds[0]], sum, length, ended: true);
            }
        }

        return running;
    }
}
