using Kinora.Models.Generation;

namespace Kinora.Models.Tests.Generation;

/// <summary>Beam search written down from its description, one list per step, without any cleverness.</summary>
internal static class PlainBeamSearch
{
    public static List<(int[] Text, double Score)> Run(MarkovModel model, int[] prompt, GenerationOptions options)
    {
        var running = new List<(int[] Text, float Sum)> { ([], 0) };
        var finished = new List<(int[] Text, double Score)>();
        for (var length = 1; length <= options.MaxNewTokens; length++)
        {
            var candidates = running
                .SelectMany(beam => LogProbabilities(model, prompt, beam.Text, options).Select((logProbability, token) => (beam.Text, Token: token, Sum: logProbability + beam.Sum)))
                .OrderByDescending(candidate => candidate.Sum)
                .Take(Math.Max(2, 1 + options.EndIds.Count) * options.Beams)
                .ToList();
            var next = new List<(int[] Text, float Sum)>();
            for (var rank = 0; rank < candidates.Count && next.Count < options.Beams; rank++)
            {
                var (text, token, sum) = candidates[rank];
                if (!options.EndIds.Contains(token))
                {
                    next.Add(([.. text, token], sum));
                }
                else if (rank < options.Beams)
                {
                    finished.Add(([.. text, options.EndIds[0]], sum / Math.Pow(length, options.LengthPenalty)));
                }
            }

            finished = [.. finished.OrderByDescending(entry => entry.Score).Take(options.Beams)];
            running = next;
            var best = candidates[0].Sum / Math.Pow(length, options.LengthPenalty);
            if (finished.Count == options.Beams && (options.EarlyStopping || finished[^1].Score >= best))
            {
                return finished;
            }
        }

        finished.AddRange(running.Select(beam => (beam.Text, beam.Sum / Math.Pow(beam.Text.Length, options.LengthPenalty))));
        return [.. finished.OrderByDescending(entry => entry.Score).Take(options.Beams)];
    }

    private static float[] LogProbabilities(MarkovModel model, int[] prompt, int[] text, GenerationOptions options)
    {
        var logits = model.LogitsAfter(text);
        var total = (float)Math.Log(logits.Sum(logit => Math.Exp(logit)));
        var result = logits.Select(logit => logit - total).ToArray();
        foreach (var id in prompt.Concat(text).Distinct().Where(id => id < result.Length))
        {
            result[id] = (float)(result[id] < 0 ? result[id] * options.RepetitionPenalty : result[id] / options.RepetitionPenalty);
        }

        return result;
    }
}
