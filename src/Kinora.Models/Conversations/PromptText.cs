using System.Security.Cryptography;
using System.Text;

namespace Kinora.Models.Conversations;

/// <summary>A long text of an original's prompts, which is not shipped: known by its fingerprint, with wording of our own in its place until a user brings the text itself.</summary>
/// <param name="Id">Its name here.</param>
/// <param name="Length">Characters of the original.</param>
/// <param name="Fingerprint">The first 16 hexadecimal digits of the SHA-256 of the original in UTF-8.</param>
/// <param name="Wording">What is used instead.</param>
public sealed record PromptText(string Id, int Length, string Fingerprint, string Wording)
{
    /// <summary>Whether a text is the original, to the letter.</summary>
    public bool IsOriginal(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length == Length && Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))).StartsWith(Fingerprint, StringComparison.Ordinal);
    }
}
