namespace Kinora.Models.Tokenization.Splitting;

/// <summary>Where <see cref="MetaspacePreTokenizer"/> puts its mark in front.</summary>
internal enum PrependScheme
{
    /// <summary>Nowhere.</summary>
    Never,

    /// <summary>At the very start of the prompt.</summary>
    First,

    /// <summary>At the start of every piece.</summary>
    Always,
}
