using Kinora.Models.Tokenization.Matching;

namespace Kinora.Models.Tokenization.Normalizing;

/// <summary>Puts a mark in front of text that isn't empty.</summary>
internal sealed class PrependNormalizer(string mark) : Normalizer
{
    public override SpannedText Normalize(SpannedText text) => text.WithPrefix(mark);
}
