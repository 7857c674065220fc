using System.Runtime.CompilerServices;

namespace Kinora.Tensors.Kernels;

/// <summary>How hot loops are compiled.</summary>
internal static class Jit
{
    /// <summary>
    /// Optimised at once, and never inlined: compiled again into a caller that calls something else as well, a tile keeps its sums in
    /// memory instead of the upper sixteen registers, which no call preserves. That halved the rate of AVX-512 products, from
    /// the moment on when the caller had been called often enough.
    /// </summary>
    public const MethodImplOptions Kernel = MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining;
}
