using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Kinora.Tensors.Kernels.Bytes;

namespace Kinora.Tensors.Kernels;

/// <summary>
/// All kernels of one instruction set. Lengths are in values, pointers need no alignment, and nothing is read or written
/// beyond the stated lengths.
/// </summary>
internal abstract unsafe class KernelSet
{
    /// <summary>The instruction set that these kernels use.</summary>
    public abstract InstructionSet InstructionSet { get; }

    /// <summary>Rows of a full tile of the matrix product.</summary>
    public abstract int TileRows { get; }

    /// <summary>Columns of a tile.</summary>
    public abstract int TileColumns { get; }

    /// <summary>Depth of the slices that a matrix product is cut into; a multiple of a quantised block. Deeper slices pass over the result less often, shallower ones keep a panel in the first-level cache.</summary>
    public virtual int SliceDepth => 384;

    /// <summary>The kernels of every instruction set that this processor can run, slowest first.</summary>
    public static IReadOnlyList<KernelSet> Supported { get; } = FindSupported();

    /// <summary>The fastest kernels that this processor can run.</summary>
    public static KernelSet Best => Supported[^1];

    /// <summary>The place in <see cref="Supported"/>: work structs are unmanaged and carry this number.</summary>
    public int Index { get; private set; }

    /// <summary>The products of bytes.</summary>
    public abstract ByteKernelSet Bytes { get; }

    /// <summary>c[TileRows, TileColumns] = (accumulate ? c : 0) + a b, with a packed [depth][TileRows] and b [depth][TileColumns].</summary>
    public abstract void Tile(float* a, float* b, float* c, nint stride, int depth, bool accumulate);

    /// <summary>As <see cref="Tile"/> for half the rows: a is packed [depth][TileRows / 2].</summary>
    public abstract void HalfTile(float* a, float* b, float* c, nint stride, int depth, bool accumulate);

    /// <summary>Transposes <paramref name="rows"/> rows of <paramref name="depth"/> values into packed[depth][panel], missing rows as zeros.</summary>
    public abstract void PackRows(float* source, nint stride, int rows, int depth, float* packed, int panel);

    /// <summary>As <see cref="PackRows"/> for stored rows of any format, <paramref name="rowBytes"/> apart, TileColumns to a panel.</summary>
    /// <param name="format">How the rows are stored.</param>
    /// <param name="source">The first number.</param>
    /// <param name="rowBytes">From one row to the next.</param>
    /// <param name="rows">Rows that are there.</param>
    /// <param name="depth">Numbers to take of each; whole blocks of a quantised format.</param>
    /// <param name="packed">[depth][TileColumns].</param>
    /// <param name="wide">Room for TileColumns * depth floats.</param>
    public virtual void PackStored(StorageFormat format, byte* source, long rowBytes, int rows, int depth, float* packed, float* wide)
    {
        if (format == StorageFormat.F32)
        {
            PackRows((float*)source, (nint)(rowBytes / sizeof(float)), rows, depth, packed, TileColumns);
            return;
        }

        for (var row = 0; row < rows; row++)
        {
            Widen(format, source + (row * rowBytes), wide + ((long)row * depth), depth);
        }

        PackRows(wide, depth, rows, depth, packed, TileColumns);
    }

    /// <summary>The product of a stored row and float values.</summary>
    public abstract float Dot(StorageFormat format, byte* row, float* x, int length);

    /// <summary>scores[count] = the products of keys, <paramref name="stride"/> bytes apart, F32 or F16, with a query.</summary>
    public abstract void Scores(StorageFormat format, byte* keys, nint stride, int count, float* query, int size, float* scores);

    /// <summary>output += the sum of values, <paramref name="stride"/> bytes apart, F32 or F16, times their weights.</summary>
    public abstract void Gather(StorageFormat format, byte* values, nint stride, int count, float* weights, int size, float* output);

    /// <summary>A stored row as floats.</summary>
    public abstract void Widen(StorageFormat format, byte* row, float* destination, int length);

    /// <summary>y = (x - mean) / sqrt(variance + epsilon) * weight + bias.</summary>
    public abstract void LayerNorm(float* x, float* weight, float* bias, float* y, int length, float epsilon);

    /// <summary>y = x / sqrt(mean of squares + epsilon) * weight.</summary>
    public abstract void RmsNorm(float* x, float* weight, float* y, int length, float epsilon);

    /// <summary>The largest value.</summary>
    public abstract float Max(float* x, int length);

    /// <summary>x = exp(scale * x - shift); returns the sum.</summary>
    public abstract float ExpSum(float* x, int length, float scale, float shift);

    /// <summary>x *= factor.</summary>
    public abstract void Scale(float* x, int length, float factor);

    /// <summary>y = left + right.</summary>
    public abstract void Add(float* left, float* right, float* y, int length);

    /// <summary>x = activation(x).</summary>
    public abstract void Activate(Activation activation, float* x, int length);

    /// <summary>y = silu(gate) * up.</summary>
    public abstract void SiluGate(float* gate, float* up, float* y, int length);

    /// <summary>Turns the pairs (x[i], y[i]) by the angles whose cosines and sines are given; with x and y exchanged it turns them back.</summary>
    public abstract void Rotate(float* x, float* y, float* cosines, float* sines, int count);

    /// <summary>The gradient of a layer or root-mean-square normalisation of one row, from its output's gradient.</summary>
    /// <param name="x">The row.</param>
    /// <param name="weight">As on the way forward.</param>
    /// <param name="centered">Whether the mean is taken off: a layer norm.</param>
    /// <param name="dy">The gradient of the output.</param>
    /// <param name="dx">Receives the gradient of the row; null if nobody asks.</param>
    /// <param name="accumulate">Whether <paramref name="dx"/> is added to.</param>
    /// <param name="dWeight">Is added to; null if nobody asks.</param>
    /// <param name="length">Values in the row.</param>
    /// <param name="epsilon">As on the way forward.</param>
    public abstract void NormGradient(float* x, float* weight, bool centered, float* dy, float* dx, bool accumulate, float* dWeight, int length, float epsilon);

    /// <summary>dx = dy times the slope of the activation at x; dx may be dy.</summary>
    public abstract void ActivationGradient(Activation activation, float* x, float* dy, float* dx, int length);

    /// <summary>The gradients of silu(gate) * up; null if nobody asks, and neither may be dy.</summary>
    public abstract void SiluGateGradient(float* gate, float* up, float* dy, float* dGate, bool addGate, float* dUp, bool addUp, int length);

    /// <summary>y += factor * x.</summary>
    public abstract void AddScaled(float* x, float factor, float* y, int length);

    /// <summary>The sum of the products.</summary>
    public abstract float Dot(float* x, float* y, int length);

    /// <summary>One step of AdamW (Loshchilov and Hutter 2019).</summary>
    public abstract void AdamW(float* weights, float* gradients, float* firstMoments, float* secondMoments, int length, in AdamWStep step);

    private static KernelSet[] FindSupported()
    {
        var sets = new List<KernelSet> { new SimdKernels<ScalarSimd, float>(new ByteKernels<ScalarBytes, int, ScalarSimd, float>()) };
        if (Simd128.IsSupported)
        {
            sets.Add(new SimdKernels<Simd128, Vector128<float>>(new ByteKernels<Bytes128, Vector128<int>, Simd128, Vector128<float>>()));
        }

        if (Simd256.IsSupported)
        {
            ByteKernelSet bytes = new ByteKernels<Bytes256, Vector256<int>, Simd256, Vector256<float>>();
            sets.Add(new SimdKernels<Simd256, Vector256<float>>(bytes));
            if (AvxVnni.IsSupported)
            {
                bytes = new ByteKernels<BytesVnni, Vector256<int>, Simd256, Vector256<float>>();
                sets.Add(new SimdKernels<Simd256, Vector256<float>>(bytes, InstructionSet.AvxVnni));
            }

            if (Simd512.IsSupported)
            {
                sets.Add(new Avx512Kernels(bytes));
            }
        }

        for (var index = 0; index < sets.Count; index++)
        {
            sets[index].Index = index;
        }

        return [.. sets];
    }

    /// <summary>Stretches of stored rows as panels, packed[panel][depth][TileColumns]; columns that are missing in the last panel become zeros.</summary>
    /// <param name="format">How the rows are stored.</param>
    /// <param name="source">The first number; of rows in groups the first block, of a group's first row.</param>
    /// <param name="rowBytes">From one row to the next; of rows in groups a sixteenth of the way to the next group.</param>
    /// <param name="depth">Rows to take.</param>
    /// <param name="columns">Numbers to take of each; whole blocks of a quantised format.</param>
    /// <param name="packed">Depth times the columns rounded up to panels.</param>
    public abstract void PackColumns(StorageFormat format, byte* source, long rowBytes, int depth, int columns, float* packed);

    /// <summary>Raises the largest score of each column, [TileColumns], to those of a panel [rows][TileColumns].</summary>
    public abstract void ColumnLargest(float* scores, int rows, float* largest);

    /// <summary>Scores of a panel [rows][TileColumns] become weights, exp(scale * (s - largest of the column)), which are added to the columns' sums. Minus infinity becomes what no sum can tell from 0.</summary>
    public abstract void ColumnWeights(float* scores, int rows, float* largest, float scale, float* sums);

    /// <summary>Multiplies each column of a panel [rows][TileColumns] with a factor of its own.</summary>
    public abstract void ScaleColumns(float* x, int rows, float* factors);

    /// <summary>Scores become weights, p = exp(scale * s - logSum), and gradients of weights those of scores, (g - delta) * scale * p.</summary>
    /// <param name="scores">[rows, columns].</param>
    /// <param name="gradients">[rows, columns].</param>
    /// <param name="rows">Rows of both, one after the other.</param>
    /// <param name="columns">Columns of both, a multiple of a register.</param>
    /// <param name="logSums">[rows]: the logarithms of the sums of exponentials.</param>
    /// <param name="deltas">[rows]: the sums of weights times their gradients.</param>
    /// <param name="scale">What scores are multiplied with.</param>
    public abstract void SoftmaxGradient(float* scores, float* gradients, int rows, int columns, float* logSums, float* deltas, float scale);
}
