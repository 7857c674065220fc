namespace Kinora.Tensors.Planning;

/// <summary>Kinds of work whose speed is limited by different things.</summary>
public enum WorkKind
{
    /// <summary>A product of many rows, limited by arithmetic.</summary>
    Product,

    /// <summary>A product of a few rows, as in decoding: every weight is read once, which limits it.</summary>
    FewRows,

    /// <summary>Attention of many queries.</summary>
    Attention,

    /// <summary>Attention of a few queries over a cache.</summary>
    FewQueries,

    /// <summary>Norms, activations, sums and copies: limited by memory.</summary>
    RowByRow,
}
