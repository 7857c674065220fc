using System.Text.Json;
using Kinora.Models.Families;
using Kinora.Models.Generation;
using Kinora.Models.Inputs;

namespace Kinora.Models.Verification;

/// <summary>Prompts of different length that the reference computed as one padded batch. Each row is run alone: padding must not change it.</summary>
internal sealed class BatchRunner(VisionLanguageModel model, GoldenFamily family, StageLimits limits, GoldenCase golden, CaseLedger ledger, CancellationToken cancellation)
{
    public async Task RunAsync()
    {
        var (rows, merged, pixels, logits) = (new List<int[]>(), new List<int>(), new List<float>(), new List<float>());
        foreach (var row in golden.Json.GetProperty("rows").EnumerateArray())
        {
            var number = rows.Count;
            var ids = family.Tokenize(GoldenFiles.Text(row, "prompt") ?? throw new VerificationException($"row {number} has no prompt."));
            using var session = new Session(model);
            using var visual = await EncodeAsync(session, row, pixels).ConfigureAwait(false);
            session.Read(model.Expand(ids, visual?.Layout ?? VisualLayout.None), visual, null, cancellation);
            logits.AddRange(session.Logits);
            rows.Add(ids);
            merged.Add(session.Length);
            if (limits.Rounded)
            {
                continue;
            }

            var result = TextGenerator.Generate(session, new GenerationOptions { MaxNewTokens = ledger.TokensToWrite($"generated_{number}_ids", golden.MaxNewTokens), EndIds = model.EndIds }, null, cancellation);
            ledger.Require($"generated_{number}_ids");
            ledger.CompareIds($"generated_{number}_ids", "inputs", result.Ids);
            if (GoldenFiles.Text(row, "text") is { } text)
            {
                ledger.Announce($"text {number}");
                ledger.CompareText($"text {number}", "inputs", model.Tokenizer.Decode([.. result.Ids], skipSpecialTokens: true), text);
            }
        }

        ledger.Compare("pixel_values", "inputs", [.. pixels], limits.EndToEnd(golden.Tolerance));
        ledger.Compare("logits", "inputs", [.. logits], limits.EndToEnd(golden.Tolerance));
        ComparePadding(rows, merged);
    }

    private async Task<VisualEmbeddings?> EncodeAsync(Session session, JsonElement row, List<float> allPixels)
    {
        if (await family.MediaAsync(golden, row, cancellation).ConfigureAwait(false) is not { Count: > 0 } media)
        {
            return null;
        }

        using var input = family.Prepare(golden, media);
        allPixels.AddRange(input.Pixels.AsSpan());
        return session.Encode(input, null, cancellation);
    }

    /// <summary>Ids, masks and positions as a padded batch has them: positions count real places only and are 1 at padded ones.</summary>
    private void ComparePadding(List<int[]> rows, List<int> merged)
    {
        var left = GoldenFiles.Text(golden.Json, "padding_side") is not "right";
        var pad = golden.Json.TryGetProperty("pad_token_id", out var value) ? value.GetInt32() : 0;
        ledger.CompareIds("input_ids", "inputs", Pad(rows, pad));
        ledger.CompareIds("attention_mask", "inputs", Pad([.. rows.Select(row => Enumerable.Repeat(1, row.Length).ToArray())], 0));
        ledger.CompareIds("merged_attention_mask", "inputs", Pad([.. merged.Select(length => Enumerable.Repeat(1, length).ToArray())], 0));
        ledger.CompareIds("position_ids", "inputs", Pad([.. merged.Select(length => Enumerable.Range(0, length).ToArray())], 1));

        List<int> Pad(List<int[]> lines, int filler)
        {
            var width = lines.Max(line => line.Length);
            return [.. lines.SelectMany(line =>
            {
                var padding = Enumerable.Repeat(filler, width - line.Length);
                return left ? padding.Concat(line) : line.Concat(padding);
            })];
        }
    }
}
