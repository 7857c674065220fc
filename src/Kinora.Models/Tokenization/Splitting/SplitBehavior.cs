namespace Kinora.Models.Tokenization.Splitting;

/// <summary>What becomes of the matches of a split pattern.</summary>
internal enum SplitBehavior
{
    /// <summary>They are pieces of their own.</summary>
    Isolated,

    /// <summary>They vanish.</summary>
    Removed,

    /// <summary>They end the piece before.</summary>
    MergedWithPrevious,

    /// <summary>They begin the piece behind.</summary>
    MergedWithNext,

    /// <summary>Neighbouring matches are one piece.</summary>
    Contiguous,
}
