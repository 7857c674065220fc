using System.Text.Json.Nodes;
using Kinora.Models.Tokenization;

namespace Kinora.Models.Tests.Tokenization;

/// <summary>Checks one entry of <c>vectors.json</c> or <c>id_sequences.json</c> in all its fields.</summary>
internal static class VectorCheck
{
    public static int[] Numbers(JsonNode node) => [.. node.AsArray().Select(item => item!.GetValue<int>())];

    public static void Text(Tokenizer tokenizer, JsonNode vector, List<string> wrong)
    {
        var text = vector["text"]!.GetValue<string>();
        var ids = Numbers(vector["ids"]!);
        var special = Numbers(vector["ids_special"]!);
        Compare(wrong, text, "ids", Join(ids), Join(tokenizer.Encode(text, false)));
        Compare(wrong, text, "ids_special", Join(special), Join(tokenizer.Encode(text, true)));
        Compare(wrong, text, "tokens", string.Join('|', vector["tokens"]!.AsArray().Select(item => item!.GetValue<string>())), string.Join('|', ids.Select(id => tokenizer.TokenOf(id))));
        Compare(wrong, text, "decoded", vector["decoded"]!.GetValue<string>(), tokenizer.Decode(ids, false));
        Compare(wrong, text, "decoded_skip_special", vector["decoded_skip_special"]!.GetValue<string>(), tokenizer.Decode(ids, true));
        if (vector["decoded_no_cleanup"] is { } plain)
        {
            Compare(wrong, text, "decoded_no_cleanup", plain.GetValue<string>(), tokenizer.Decode(ids, false, cleanUp: false));
        }

        Stream(tokenizer, ids, vector["incremental"]!, text, wrong);
    }

    public static void Ids(Tokenizer tokenizer, JsonNode sequence, List<string> wrong)
    {
        var ids = Numbers(sequence["ids"]!);
        var shown = Join(ids);
        Compare(wrong, shown, "decoded", sequence["decoded"]!.GetValue<string>(), tokenizer.Decode(ids, false));
        Compare(wrong, shown, "decoded_skip_special", sequence["decoded_skip_special"]!.GetValue<string>(), tokenizer.Decode(ids, true));
        if (sequence["incremental"] is { } incremental)
        {
            Stream(tokenizer, ids, incremental, shown, wrong);
        }
    }

    private static void Stream(Tokenizer tokenizer, int[] ids, JsonNode expected, string shown, List<string> wrong)
    {
        var stream = tokenizer.CreateStream();
        var pieces = ids.Select(stream.Push).ToList();
        var rest = stream.Finish();
        if (pieces.Count > 0)
        {
            pieces[^1] += rest;
        }

        Compare(wrong, shown, "incremental", string.Join('|', expected.AsArray().Select(item => item!.GetValue<string>())), string.Join('|', pieces));
    }

    private static string Join(int[] ids) => string.Join(' ', ids);

    private static void Compare(List<string> wrong, string text, string field, string expected, string actual)
    {
        if (expected != actual)
        {
            wrong.Add($"{field} of {Quotation.Of(text)}: {Quotation.Of(actual)} where {Quotation.Of(expected)} was expected");
        }
    }
}
