using Kinora.Models.Checkpoints;
using Kinora.Models.Tokenization;

namespace Kinora.Models.Families;

/// <summary>Which ids end an answer.</summary>
internal static class EndTokens
{
    /// <summary>The ids of generation_config.json, else of config.json, else the tokenizer's end mark; at least one, the first of which the tokenizer knows.</summary>
    /// <exception cref="CheckpointException">None of them says it, or what they say can't be used.</exception>
    public static IReadOnlyList<int> Find(Checkpoint checkpoint, Tokenizer tokenizer)
    {
        var generation = Path.Combine(checkpoint.Directory, "generation_config.json");
        if (File.Exists(generation) && ConfigReader.Load(generation) is var settings && settings.Has("eos_token_id"))
        {
            return Read(settings, "eos_token_id", tokenizer);
        }

        foreach (var key in new[] { "eos_token_id", "text_config.eos_token_id" })
        {
            if (checkpoint.Config.Has(key))
            {
                return Read(checkpoint.Config, key, tokenizer);
            }
        }

        return tokenizer.EndId is { } id ? [id] : throw checkpoint.Config.Unusable("eos_token_id", "the id that ends an answer; neither generation_config.json nor the tokenizer names one");
    }

    private static IReadOnlyList<int> Read(ConfigReader settings, string key, Tokenizer tokenizer)
    {
        // Every new token is looked up in this list.
        const int Most = 64;
        var ids = settings.Ints(key, 0);
        return ids.Count is > 0 and <= Most && tokenizer.TokenOf(ids[0]) is not null
            ? ids
            : throw settings.Unusable(key, $"1 to {Most} ids, the first that of a token which the tokenizer knows");
    }
}
