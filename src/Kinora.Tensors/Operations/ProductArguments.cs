using Kinora.Tensors.Kernels;

namespace Kinora.Tensors.Operations;

/// <summary>What y = activation(x w^T + bias) is computed from, and where it goes.</summary>
internal unsafe struct ProductArguments
{
    public float* X;
    public int Rows;
    public byte* Weight;
    public StorageFormat Format;
    public long RowBytes;
    public int Columns;
    public int Depth;
    public float* Bias;
    public float* Y;
    public Activation Activation;
    public int KernelIndex;

    public readonly KernelSet Kernels => KernelSet.Supported[KernelIndex];

    /// <summary>The product alone, x w^T.</summary>
    public readonly GeneralProductArguments Plain => new()
    {
        A = X,
        AStride = Depth,
        B = Weight,
        Format = Format,
        BRowBytes = RowBytes,
        TransposeB = true,
        C = Y,
        CStride = Columns,
        Rows = Rows,
        Columns = Columns,
        Depth = Depth,
    };

    /// <summary>Adds the bias to a block of finished sums and applies the activation.</summary>
    public readonly void Finish(int firstRow, int rows, int firstColumn, int columns)
    {
        if (Bias == null && Activation == Activation.None)
        {
            return;
        }

        for (var row = firstRow; row < firstRow + rows; row++)
        {
            var y = Y + ((long)row * Columns) + firstColumn;
            if (Bias != null)
            {
                Kernels.Add(y, Bias + firstColumn, y, columns);
            }

            Kernels.Activate(Activation, y, columns);
        }
    }
}
