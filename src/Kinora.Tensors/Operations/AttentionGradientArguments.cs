namespace Kinora.Tensors.Operations;

/// <summary>What going backward through attention starts from, and where the gradients go.</summary>
internal unsafe struct AttentionGradientArguments
{
    /// <summary>The forward pass with its output and LogSums; keys and values in F32.</summary>
    public AttentionArguments Forward;

    /// <summary>The gradient of the output, laid out as the output.</summary>
    public float* OutputGradient;

    /// <summary>Where the gradient of the queries goes, laid out as they are.</summary>
    public float* QueryGradient;

    /// <summary>Where the gradient of the keys goes, laid out as they are.</summary>
    public float* KeyGradient;

    /// <summary>Where the gradient of the values goes, laid out as they are.</summary>
    public float* ValueGradient;

    /// <summary>Rows of queries to a key head that are gone through together.</summary>
    public const int RowBlock = 192;

    /// <summary>Chunks that few sequences with few key heads are cut into, if their rows are enough for that.</summary>
    private const int FewestChunks = 16;

    /// <summary>Query rows that share the keys of a head: those of all query heads of its group.</summary>
    public readonly int Rows(int sequence) => Forward.QueriesOf(sequence) * Forward.Group;

    /// <summary>Rows of a part, a number of whole blocks: it depends on the shape alone, so that sums over parts do too.</summary>
    public readonly int RowsPerPart
    {
        get
        {
            var queries = Forward.QueryStarts != null ? Forward.QueryStarts[Forward.Sequences] - Forward.QueryStarts[0] : (long)Forward.Sequences * Forward.Queries;
            var rows = Math.Max(2 * RowBlock, queries * Forward.Heads / FewestChunks);
            return (int)Math.Min(int.MaxValue / 2, (rows + RowBlock - 1) / RowBlock * RowBlock);
        }
    }

    /// <summary>Parts of a sequence's rows.</summary>
    public readonly int Parts(int sequence) => (Rows(sequence) + RowsPerPart - 1) / RowsPerPart;

    /// <summary>Parts of the longest sequence's rows; one also without rows, whose keys' gradients are zeros.</summary>
    public readonly int MostParts => Math.Max(1, ((Forward.Queries * Forward.Group) + RowsPerPart - 1) / RowsPerPart);
}
