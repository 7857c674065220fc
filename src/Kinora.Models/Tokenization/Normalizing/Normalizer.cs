using Kinora.Models.Tokenization.Matching;

namespace Kinora.Models.Tokenization.Normalizing;

/// <summary>Changes text before it is cut into tokens. A changed unit may be matched only if all units it came from may.</summary>
internal abstract class Normalizer
{
    public abstract SpannedText Normalize(SpannedText text);
}
