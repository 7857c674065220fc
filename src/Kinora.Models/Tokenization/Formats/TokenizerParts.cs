using Kinora.Models.Tokenization.Decoding;
using Kinora.Models.Tokenization.Matching;
using Kinora.Models.Tokenization.Merging;
using Kinora.Models.Tokenization.Normalizing;
using Kinora.Models.Tokenization.Splitting;

namespace Kinora.Models.Tokenization.Formats;

/// <summary>What a tokenizer is put together from, whichever file it was read from.</summary>
internal sealed record TokenizerParts
{
    /// <summary>The file, for errors.</summary>
    public required string Path { get; init; }

    public required Vocabulary Vocabulary { get; init; }

    public required BytePairModel Model { get; init; }

    public required DecoderPlan Decoder { get; init; }

    public Normalizer? Normalizer { get; init; }

    public PreTokenizer? PreTokenizer { get; init; }

    /// <summary>What happens at the start of a text, if anything.</summary>
    public FirstMark? FirstMark { get; init; }

    /// <summary>Ids put in front of and behind a text when special tokens are asked for; null: the settings beside the file decide.</summary>
    public Template? Template { get; init; }

    public IReadOnlyList<AddedToken> Added { get; init; } = [];

    /// <summary>The begin and end tokens that the file itself names, if it does.</summary>
    public string? BeginToken { get; init; }

    public string? EndToken { get; init; }
}
