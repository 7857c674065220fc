using Kinora.Models.Checkpoints;
using Kinora.Models.Tokenization;

namespace Kinora.Models.Families;

/// <summary>Which ids end an answer.</summary>
internal static class EndTokens
{
    /// <summary>The ids of generation_config.json, else of config.json, else the tokenizer's end mark.</summary>
    /// <exception cref="CheckpointException">None of them says it.</exception>
    public static IReadOnlyList<int> Find(Checkpoint checkpoint, Tokenizer tokenizer)
    {
        var generation = Path.Combine(checkpoint.Directory, "generation_config.json");
        if (File.Exists(generation) && ConfigReader.Load(generation) is var settings && settings.Has("eos_token_id"))
        {
            return settings.Ints("eos_token_id", 0);
        }

        foreach (var key in new[] { "eos_token_id", "text_config.eos_token_id" })
        {
            if (checkpoint.Config.Has(key))
            {
                return checkpoint.Config.Ints(key, 0);
            }
        }

        return tokenizer.EndId is { } id ? [id] : throw checkpoint.Config.Unusable("eos_token_id", "the id that ends an answer; neither generation_config.json nor the tokenizer names one");
    }
}
