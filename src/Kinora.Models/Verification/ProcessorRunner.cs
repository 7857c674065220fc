using System.Text.Json;
using Kinora.Models.Families;
using Kinora.Models.Generation;

namespace Kinora.Models.Verification;

/// <summary>Checks penalised logits and sampling probabilities, as far as a case has them: from our own logits, and from the stored ones.</summary>
internal sealed class ProcessorRunner(VisionLanguageModel model, GoldenCase golden, CaseLedger ledger, StageLimits limits, CancellationToken cancellation)
{
    public void Run(Session session, int[] ids, int start)
    {
        var computed = session.Logits.ToArray();
        foreach (var (name, settings) in Settings())
        {
            var options = Options(settings);
            ledger.Require(name);
            if (GoldenFiles.Text(settings, "mode") == "greedy")
            {
                if (!limits.Rounded)
                {
                    session.Rewind(ids.Length, start);
                    computed.CopyTo(session.Logits);
                    var result = TextGenerator.Generate(session, options with { MaxNewTokens = ledger.TokensToWrite(name, options.MaxNewTokens) }, null, cancellation);
                    ledger.CompareIds(name, "inputs", result.Ids);
                    if (golden.Answer is { } answer)
                    {
                        ledger.CompareText("text", "inputs", model.Tokenizer.Decode([.. result.Ids], skipSpecialTokens: true), answer);
                    }
                }

                continue;
            }

            if (!limits.Rounded || StoredName is null)
            {
                // Which tokens stay in a cut-off distribution is no smooth function of the weights.
                ledger.Compare(name, "inputs", Process(computed, options, ids, name), limits.EndToEnd(golden.Tolerance));
            }

            if (StoredName is { } stored)
            {
                ledger.Compare(name, stored, Process(StoredLogits(stored, computed.Length), options, ids, name), limits.Stage);
            }
        }
    }

    private string? StoredName => ledger.Has("logits") ? "logits" : ledger.Has("logits_last") ? "logits_last" : null;

    private float[] StoredLogits(string name, int count)
    {
        var stored = ledger.Floats(name);
        return stored.Length >= count ? stored[^count..] : throw new VerificationException($"'{name}' has {stored.Length} values; expected at least {count}, one per token of the vocabulary.");
    }

    private static float[] Process(float[] logits, GenerationOptions options, int[] ids, string name)
    {
        var result = (float[])logits.Clone();
        new LogitsProcessor(options).Process(result, ids, []);
        if (!name.StartsWith("logits", StringComparison.Ordinal))
        {
            Probabilities.Softmax(result, result);
        }

        return result;
    }

    /// <summary>The three spellings of sampling settings: <c>processors</c>, and <c>sampling</c> as an object or as a list.</summary>
    private IEnumerable<(string Tensor, JsonElement Settings)> Settings()
    {
        foreach (var key in new[] { "processors", "sampling" })
        {
            if (!golden.Json.TryGetProperty(key, out var value))
            {
                continue;
            }

            if (value.ValueKind == JsonValueKind.Object)
            {
                foreach (var property in value.EnumerateObject())
                {
                    yield return (property.Name, property.Value);
                }
            }
            else
            {
                foreach (var entry in value.EnumerateArray())
                {
                    yield return (GoldenFiles.Text(entry, "tensor") ?? throw new VerificationException("a sampling entry names no tensor."), entry);
                }
            }
        }
    }

    private GenerationOptions Options(JsonElement settings)
    {
        return new GenerationOptions
        {
            MaxNewTokens = (int)Number("max_new_tokens", golden.MaxNewTokens),
            Temperature = Number("temperature", GoldenFiles.Text(settings, "mode") == "greedy" ? 0 : 1),
            TopK = (int)Number("top_k", 0),
            TopP = Number("top_p", 1),
            RepetitionPenalty = Number("repetition_penalty", 1),
            EndIds = model.EndIds,
        };

        double Number(string key, double fallback)
            => settings.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : fallback;
    }
}
