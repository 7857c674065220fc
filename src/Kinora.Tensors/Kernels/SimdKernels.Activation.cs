using System.Runtime.CompilerServices;

namespace Kinora.Tensors.Kernels;

/// <content>Pointwise functions. The remainder of a row goes through the same vector code in a small buffer, so a value's result does not depend on its place.</content>
internal unsafe partial class SimdKernels<TSimd, TVector>
{
    private const int MaxWidth = 16;

    private interface IPointwise
    {
        static abstract TVector Apply(TVector value);
    }

    public override void Activate(Activation activation, float* x, int length)
    {
        switch (activation)
        {
            case Activation.None:
                break;
            case Activation.Gelu:
                Map<GeluFunction>(x, length);
                break;
            case Activation.GeluTanh:
                Map<GeluTanhFunction>(x, length);
                break;
            case Activation.QuickGelu:
                Map<QuickGeluFunction>(x, length);
                break;
            case Activation.Silu:
                Map<SiluFunction>(x, length);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(activation), activation, "Unknown activation.");
        }
    }

    [MethodImpl(Jit.Kernel)]
    public override void SiluGate(float* gate, float* up, float* y, int length)
    {
        var i = 0;
        for (; i <= length - TSimd.Width; i += TSimd.Width)
        {
            TSimd.Store(TSimd.Multiply(SiluFunction.Apply(TSimd.Load(gate + i)), TSimd.Load(up + i)), y + i);
        }

        if (i < length)
        {
            var rest = stackalloc float[MaxWidth];
            new Span<float>(gate + i, length - i).CopyTo(new Span<float>(rest, MaxWidth));
            TSimd.Store(SiluFunction.Apply(TSimd.Load(rest)), rest);
            for (var j = 0; i < length; i++, j++)
            {
                y[i] = rest[j] * up[i];
            }
        }
    }

    [MethodImpl(Jit.Kernel)]
    private static void Map<TFunction>(float* x, int length)
        where TFunction : struct, IPointwise
    {
        var i = 0;
        for (; i <= length - TSimd.Width; i += TSimd.Width)
        {
            TSimd.Store(TFunction.Apply(TSimd.Load(x + i)), x + i);
        }

        if (i < length)
        {
            var rest = stackalloc float[MaxWidth];
            new Span<float>(x + i, length - i).CopyTo(new Span<float>(rest, MaxWidth));
            TSimd.Store(TFunction.Apply(TSimd.Load(rest)), rest);
            new Span<float>(rest, length - i).CopyTo(new Span<float>(x + i, length - i));
        }
    }

    /// <summary>x / (1 + exp(-slope x)).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector TimesSigmoid(TVector x, float slope)
    {
        var one = TSimd.Broadcast(1f);
        return TSimd.Divide(x, TSimd.Add(one, Exp(TSimd.Multiply(x, TSimd.Broadcast(-slope)))));
    }

    private readonly struct SiluFunction : IPointwise, ISlope
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Slope(TVector value) => SigmoidSlope(value, TSimd.Multiply(value, TSimd.Broadcast(-1f)), TSimd.Broadcast(1f));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply(TVector value) => TimesSigmoid(value, 1f);
    }

    private readonly struct QuickGeluFunction : IPointwise, ISlope
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Slope(TVector value) => SigmoidSlope(value, TSimd.Multiply(value, TSimd.Broadcast(-1.702f)), TSimd.Broadcast(1.702f));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply(TVector value) => TimesSigmoid(value, 1.702f);
    }

    private readonly struct GeluTanhFunction : IPointwise, ISlope
    {
        private const float TwiceRootTwoOverPi = 1.5957691216057308f;
        private const float Cubic = 0.044715f;

        // x/2 (1 + tanh u) = x sigmoid(2u), which needs no cancellation.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply(TVector value) => TSimd.Divide(value, TSimd.Add(TSimd.Broadcast(1f), Exp(MinusTwiceU(value))));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Slope(TVector value)
        {
            var slope = TSimd.MultiplyAdd(TSimd.Multiply(value, value), TSimd.Broadcast(3f * Cubic * TwiceRootTwoOverPi), TSimd.Broadcast(TwiceRootTwoOverPi));
            return SigmoidSlope(value, MinusTwiceU(value), slope);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TVector MinusTwiceU(TVector value)
        {
            var cube = TSimd.Multiply(TSimd.Multiply(value, value), TSimd.Multiply(value, TSimd.Broadcast(Cubic)));
            return TSimd.Multiply(TSimd.Add(value, cube), TSimd.Broadcast(-TwiceRootTwoOverPi));
        }
    }

    private readonly struct GeluFunction : IPointwise, ISlope
    {
        /// <summary>The normal distribution's sum and x times its density.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Slope(TVector value)
        {
            const float RootHalf = 0.70710678118654752f;
            const float DensityAtZero = 0.39894228040143268f;
            var half = TSimd.Broadcast(0.5f);
            var sum = TSimd.MultiplyAdd(half, Erf(TSimd.Multiply(value, TSimd.Broadcast(RootHalf))), half);
            var density = Exp(TSimd.Multiply(TSimd.Multiply(value, value), TSimd.Broadcast(-0.5f)));
            return TSimd.MultiplyAdd(TSimd.Multiply(value, TSimd.Broadcast(DensityAtZero)), density, sum);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply(TVector value)
        {
            const float RootHalf = 0.70710678118654752f;
            var half = TSimd.Multiply(value, TSimd.Broadcast(0.5f));
            return TSimd.MultiplyAdd(half, Erf(TSimd.Multiply(value, TSimd.Broadcast(RootHalf))), half);
        }

        /// <summary>
        /// erf as an odd rational function on [-4, 4], outside of which it is 1 to float precision: the minimax coefficients that
        /// Eigen and XLA use. Absolute error below 5e-7.
        /// </summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TVector Erf(TVector value)
        {
            var x = TSimd.Max(TSimd.Min(value, TSimd.Broadcast(4f)), TSimd.Broadcast(-4f));
            var square = TSimd.Multiply(x, x);
            var p = TSimd.Broadcast(-2.72614225801306e-10f);
            p = TSimd.MultiplyAdd(p, square, TSimd.Broadcast(2.77068142495902e-08f));
            p = TSimd.MultiplyAdd(p, square, TSimd.Broadcast(-2.10102402082508e-06f));
            p = TSimd.MultiplyAdd(p, square, TSimd.Broadcast(-5.69250639462346e-05f));
            p = TSimd.MultiplyAdd(p, square, TSimd.Broadcast(-7.34990630326855e-04f));
            p = TSimd.MultiplyAdd(p, square, TSimd.Broadcast(-2.95459980854025e-03f));
            p = TSimd.MultiplyAdd(p, square, TSimd.Broadcast(-1.60960333262415e-02f));
            var q = TSimd.Broadcast(-1.45660718464996e-05f);
            q = TSimd.MultiplyAdd(q, square, TSimd.Broadcast(-2.13374055278905e-04f));
            q = TSimd.MultiplyAdd(q, square, TSimd.Broadcast(-1.68282697438203e-03f));
            q = TSimd.MultiplyAdd(q, square, TSimd.Broadcast(-7.37332916720468e-03f));
            q = TSimd.MultiplyAdd(q, square, TSimd.Broadcast(-1.42647390514189e-02f));
            return TSimd.Divide(TSimd.Multiply(x, p), q);
        }
    }
}
