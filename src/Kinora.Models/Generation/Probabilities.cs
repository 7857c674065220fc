namespace Kinora.Models.Generation;

/// <summary>Logits to probabilities, in float32 like the reference.</summary>
public static class Probabilities
{
    /// <summary>Softmax: <c>exp(x - max) / sum</c>. Minus infinity becomes 0.</summary>
    /// <param name="logits">One number per token.</param>
    /// <param name="probabilities">As many; may be the same memory.</param>
    /// <exception cref="GenerationException">No logit is a finite number.</exception>
    public static void Softmax(ReadOnlySpan<float> logits, Span<float> probabilities)
    {
        var largest = Largest(logits);
        var sum = 0.0;
        for (var index = 0; index < logits.Length; index++)
        {
            probabilities[index] = MathF.Exp(logits[index] - largest);
            sum += probabilities[index];
        }

        var scale = (float)sum;
        for (var index = 0; index < logits.Length; index++)
        {
            probabilities[index] /= scale;
        }
    }

    /// <summary>Logarithms of the softmax: <c>x - max - log(sum(exp(x - max)))</c>.</summary>
    /// <inheritdoc cref="Softmax"/>
    public static void LogSoftmax(ReadOnlySpan<float> logits, Span<float> probabilities)
    {
        var largest = Largest(logits);
        var sum = 0.0;
        foreach (var logit in logits)
        {
            sum += MathF.Exp(logit - largest);
        }

        var offset = (float)Math.Log(sum);
        for (var index = 0; index < logits.Length; index++)
        {
            probabilities[index] = logits[index] - largest - offset;
        }
    }

    /// <summary>The most likely token; the first of equals.</summary>
    /// <exception cref="GenerationException">No logit is a finite number.</exception>
    public static int MostLikely(ReadOnlySpan<float> logits) => logits.IndexOf(Largest(logits));

    private static float Largest(ReadOnlySpan<float> logits)
    {
        var largest = float.NegativeInfinity;
        foreach (var logit in logits)
        {
            // NaN would poison every probability; a model that gives it is broken or computes beyond its number range.
            if (!(logit < float.PositiveInfinity))
            {
                throw new GenerationException("logits", $"The model gave the logit {logit}; expected finite numbers. Its weights are damaged, or too large for their number format.");
            }

            largest = Math.Max(largest, logit);
        }

        return float.IsNegativeInfinity(largest)
            ? throw new GenerationException("logits", "The model gave no finite logit; its weights are damaged.")
            : largest;
    }
}
