using System.Globalization;
using Kinora.Models.Language;
using Kinora.Tensors;

namespace Kinora.Models.Generation;

/// <summary>How text is generated. The values mean what they mean in Hugging Face transformers.</summary>
public sealed record GenerationOptions
{
    /// <summary>The largest <see cref="MaxNewTokens"/>; sums with the length of a prompt then stay within their type.</summary>
    public const int LargestMaxNewTokens = 1 << 24;

    /// <summary>The most tokens to generate, the end token included.</summary>
    public int MaxNewTokens { get; init; } = 512;

    /// <summary>0: always the most likely token. Above: logits are divided by it and a token is drawn.</summary>
    public double Temperature { get; init; }

    /// <summary>Draw among the tokens that are at least as likely as the k-th; 0: off.</summary>
    public int TopK { get; init; }

    /// <summary>Draw among the most likely tokens that together reach this probability; 1: off.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Above 1, tokens of the prompt and the answer so far become less likely (arXiv 1909.05858); 1: off.</summary>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>Beams of a beam search; 1: none.</summary>
    public int Beams { get; init; } = 1;

    /// <summary>Beam scores are divided by the length to this power: above 0 favours long texts, 0 doesn't count the length.</summary>
    public double LengthPenalty { get; init; } = 1;

    /// <summary>Whether a beam search ends as soon as it has as many finished texts as beams, though a running one might beat them.</summary>
    public bool EarlyStopping { get; init; }

    /// <summary>Texts at which generation ends; they aren't part of the answer.</summary>
    public IReadOnlyList<string> StopStrings { get; init; } = [];

    /// <summary>The start of the random numbers; null: a new one each time.</summary>
    public ulong? Seed { get; init; }

    /// <summary>How keys and values of read tokens are kept: F32, F16 or Q8_0; null: in 32 bits as long as they are few, see <see cref="Session.CacheFormat"/>.</summary>
    public StorageFormat? Cache { get; init; }

    /// <summary>Tokens that end the text.</summary>
    public IReadOnlyList<int> EndIds { get; init; } = [];

    /// <summary>Whether tokens are drawn rather than chosen.</summary>
    public bool Samples => Temperature > 0;

    /// <summary>Checks every value.</summary>
    /// <returns>These options.</returns>
    /// <exception cref="GenerationException">Names the option, its value and what was expected.</exception>
    public GenerationOptions Validate()
    {
        Check(MaxNewTokens is >= 1 and <= LargestMaxNewTokens, nameof(MaxNewTokens), MaxNewTokens, $"1 to {LargestMaxNewTokens}");

        // Beyond these ranges float32 logits overflow, and the error would be laid to the model.
        Check(Temperature is 0 or (>= 1e-6 and <= 1000), nameof(Temperature), Temperature, "0, which always takes the most likely token, or a number from 0.000001 to 1000");
        Check(TopK >= 0, nameof(TopK), TopK, "at least 0, where 0 means off");
        Check(TopP is >= 0 and <= 1, nameof(TopP), TopP, "a number from 0, which leaves the most likely token, to 1, which means off");
        Check(RepetitionPenalty is >= 0.001 and <= 1000, nameof(RepetitionPenalty), RepetitionPenalty, "a number from 0.001 to 1000, where 1 means off");
        Check(Beams is >= 1 and <= 1024, nameof(Beams), Beams, "1 to 1024");
        Check(LengthPenalty is >= -50 and <= 50, nameof(LengthPenalty), LengthPenalty, "a number from -50 to 50");
        Check(Beams == 1 || !Samples, nameof(Temperature), Temperature, $"0 with {Beams} beams, as a beam search doesn't draw tokens");
        Check(StopStrings is not null && StopStrings.All(text => !string.IsNullOrEmpty(text)), nameof(StopStrings), "an empty text", "texts of at least one character");
        Check(Cache is null || KeyValueCache.Formats.Contains(Cache.Value), nameof(Cache), Cache?.Name() ?? "", string.Join(", ", KeyValueCache.Formats.Select(format => format.Name())));
        Check(EndIds is not null && EndIds.All(id => id >= 0), nameof(EndIds), string.Join(", ", EndIds ?? []), "ids of at least 0");
        return this;
    }

    private static void Check(bool sound, string option, object value, string expected)
    {
        if (!sound)
        {
            throw new GenerationException(option, string.Create(CultureInfo.InvariantCulture, $"{option} is {value}; expected {expected}."));
        }
    }
}
