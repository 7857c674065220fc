namespace Kinora.Tensors.Operations;

/// <summary>
/// What C (+)= op(A) op(B) is computed from, and where it goes: C [Rows, Columns], op(A) [Rows, Depth], op(B) [Depth, Columns].
/// C overlaps neither A nor B.
/// </summary>
internal unsafe struct GeneralProductArguments
{
    /// <summary>F32, [Rows, Depth]; with <see cref="TransposeA"/> [Depth, Rows].</summary>
    public float* A;

    /// <summary>Floats from one stored row of A to the next.</summary>
    public long AStride;

    /// <summary>Whether A is stored the other way round.</summary>
    public bool TransposeA;

    /// <summary>[Depth, Columns]; with <see cref="TransposeB"/> [Columns, Depth], the way weights of a linear layer lie for going forward.</summary>
    public byte* B;

    /// <summary>How B is stored: any format, but rows in groups of sixteen only without <see cref="TransposeB"/>.</summary>
    public StorageFormat Format;

    /// <summary>Bytes from one stored row of B to the next; of grouped rows the bytes of a group over sixteen.</summary>
    public long BRowBytes;

    /// <summary>Whether B is stored the other way round.</summary>
    public bool TransposeB;

    /// <summary>F32, [Rows, Columns].</summary>
    public float* C;

    /// <summary>Floats from one row of C to the next.</summary>
    public long CStride;

    /// <summary>Rows of C.</summary>
    public int Rows;

    /// <summary>Columns of C; whole blocks if B is quantised and not transposed.</summary>
    public int Columns;

    /// <summary>Products to a sum; whole blocks if B is quantised and transposed.</summary>
    public int Depth;

    /// <summary>Whether the product is added to what C holds, or takes its place.</summary>
    public bool Accumulate;

    /// <summary>Whether only the tiles that reach the diagonal or lie above it are computed, of a C that is square and symmetric; what lies below means nothing then.</summary>
    public bool UpperTriangle;
}
