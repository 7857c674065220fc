using System.Text.Json;
using Kinora.Models.Tokenization;

namespace Kinora.Models.Verification;

/// <summary>Texts of a manifest with their ids, and what these are read back as.</summary>
internal static class TokenizerCases
{
    /// <summary>Runs a list; where it has <c>ids_with_bos</c>, <c>ids</c> are those without.</summary>
    public static CaseReport Run(Tokenizer tokenizer, JsonElement texts)
    {
        using var ledger = new CaseLedger(null);
        var number = 0;
        foreach (var entry in texts.EnumerateArray())
        {
            var name = $"text {number++}";
            var text = GoldenFiles.Text(entry, "text") ?? throw new VerificationException($"{name} has no text.");
            var ids = Ids(entry.GetProperty("ids"));
            var begun = entry.TryGetProperty("ids_with_bos", out var stored);
            Compare("ids", tokenizer.Encode(text, addSpecialTokens: !begun), ids);
            if (begun)
            {
                Compare("ids_with_bos", tokenizer.Encode(text, addSpecialTokens: true), Ids(stored));
            }

            foreach (var (key, skip, clean) in new (string, bool, bool?)[] { ("decoded", false, null), ("decoded_skip_special", true, null), ("decoded_raw", false, false) })
            {
                if (GoldenFiles.Text(entry, key) is { } decoded)
                {
                    ledger.Announce($"{name} {key}");
                    ledger.CompareText($"{name} {key}", "ids", tokenizer.Decode(ids, skip, clean), decoded);
                }
            }

            void Compare(string key, int[] actual, int[] expected)
            {
                ledger.Announce($"{name} {key}");
                ledger.CompareIds($"{name} {key}", "text", actual, expected);
            }
        }

        return ledger.Report("tokenizer", null);
    }

    private static int[] Ids(JsonElement list) => [.. list.EnumerateArray().Select(value => value.GetInt32())];
}
