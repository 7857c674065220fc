using System.Runtime.CompilerServices;
using Kinora.Tensors.Kernels;

namespace Kinora.Tensors.Operations;

/// <summary>Panels of the left side of a product: as wide as a tile, the last one half as wide where that is enough.</summary>
internal static unsafe class Panels
{
    /// <summary>Rows of the panel that begins where so many rows are left.</summary>
    public static int Rows(KernelSet kernels, int left) => left <= kernels.TileRows / 2 ? kernels.TileRows / 2 : kernels.TileRows;

    /// <summary>The tile of a panel of so many rows, <see cref="KernelSet.Tile"/> or <see cref="KernelSet.HalfTile"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Tile(KernelSet kernels, int rows, float* a, float* b, float* c, nint stride, int depth, bool accumulate)
    {
        if (rows == kernels.TileRows)
        {
            kernels.Tile(a, b, c, stride, depth, accumulate);
        }
        else
        {
            kernels.HalfTile(a, b, c, stride, depth, accumulate);
        }
    }
}
