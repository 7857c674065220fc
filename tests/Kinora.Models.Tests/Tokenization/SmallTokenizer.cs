using System.Text.Json.Nodes;
using Kinora.Models.Tokenization;

namespace Kinora.Models.Tests.Tokenization;

/// <summary>A hand-made tokenizer.json of ten pieces, to be changed by tests.</summary>
internal static class SmallTokenizer
{
    public static JsonObject Json() => JsonNode.Parse("""
        {
          "added_tokens": [{"id": 10, "content": "<end>", "special": true, "normalized": false, "lstrip": false, "rstrip": false, "single_word": false}],
          "normalizer": null,
          "pre_tokenizer": null,
          "post_processor": null,
          "decoder": {"type": "Fuse"},
          "model": {
            "type": "BPE", "unk_token": "?", "fuse_unk": true, "byte_fallback": false,
            "vocab": {"?": 0, "a": 1, "b": 2, "c": 3, " ": 4, "ab": 5, "bc": 6, "abc": 7, "cc": 8, "é": 9},
            "merges": ["b c", "a b", ["a", "bc"], "c c"]
          }
        }
        """)!.AsObject();

    public static Tokenizer Load(Action<JsonObject> change)
    {
        using var directory = new TemporaryDirectory();
        var json = Json();
        change(json);
        return Tokenizer.LoadJson(directory.Write("tokenizer.json", json.ToJsonString()));
    }

    public static JsonObject Added(int id, string content, params string[] flags)
    {
        var token = new JsonObject { ["id"] = id, ["content"] = content, ["normalized"] = flags.Contains("normalized") };
        foreach (var flag in new[] { "special", "lstrip", "rstrip", "single_word" })
        {
            token[flag] = flags.Contains(flag);
        }

        return token;
    }
}
