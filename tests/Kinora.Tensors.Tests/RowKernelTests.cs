using Kinora.Tensors.Kernels;

namespace Kinora.Tensors.Tests;

public unsafe class RowKernelTests
{
    private static readonly int[] Lengths = [1, 2, 3, 5, 8, 15, 16, 17, 31, 33, 64, 100, 255, 1000];

    [Fact]
    public void Angles_taken_before_a_table_grew_stay_valid()
    {
        using var table = new RotaryTable(8, 10000);
        table.Reserve(10);
        var (cosines, sines) = (table.Cosines, table.Sines);
        table.Reserve(5000);
        Assert.Equal((float)Math.Cos(9), cosines.Row(9)[0]);
        Assert.Equal((float)Math.Sin(9), sines.Row(9)[0]);
        Assert.Equal((float)Math.Cos(4999), table.Cosines.Row(4999)[0]);
    }

    [Theory]
    [ClassData(typeof(Variants))]
    public void LayerNorm(InstructionSet set) => EachLength(set, (operations, random, length) =>
    {
        using var x = Numbers.Random(random, 3, length);
        foreach (ref var value in x.AsSpan())
        {
            value += 50f; // a large mean must not cost digits of the variance
        }

        using var weight = Numbers.Random(random, length);
        using var bias = Numbers.Random(random, length);
        var y = operations.LayerNorm(x, weight, bias, 1e-5f);
        return (y, PerRow(x, row =>
        {
            var mean = row.Average();
            var variance = row.Average(v => (v - mean) * (v - mean));
            return [.. row.Select((v, i) => ((v - mean) / Math.Sqrt(variance + 1e-5) * weight.AsSpan()[i]) + bias.AsSpan()[i])];
        }));
    }, 2e-5);

    [Theory]
    [ClassData(typeof(Variants))]
    public void RmsNorm(InstructionSet set) => EachLength(set, (operations, random, length) =>
    {
        using var x = Numbers.Random(random, 3, length);
        using var weight = Numbers.Random(random, length);
        var y = operations.RmsNorm(x, weight, 1e-6f);
        return (y, PerRow(x, row =>
        {
            var scale = Math.Sqrt(row.Average(v => v * v) + 1e-6);
            return [.. row.Select((v, i) => v / scale * weight.AsSpan()[i])];
        }));
    }, 1e-6);

    [Theory]
    [ClassData(typeof(Variants))]
    public void Softmax(InstructionSet set) => EachLength(set, (operations, random, length) =>
    {
        var x = Numbers.Random(random, 3, length);
        foreach (ref var value in x.AsSpan())
        {
            value = (value * 10f) + 300f; // exp(300) overflows unless the largest is taken off first
        }

        var expected = PerRow(x, row =>
        {
            var largest = row.Max();
            var sum = row.Sum(v => Math.Exp(v - largest));
            return [.. row.Select(v => Math.Exp(v - largest) / sum)];
        });
        return (operations.Softmax(x), expected);
    }, 3e-6);

    [Theory]
    [ClassData(typeof(Variants))]
    public void Activations(InstructionSet set)
    {
        foreach (var activation in Enum.GetValues<Activation>())
        {
            EachLength(set, (operations, random, length) =>
            {
                var x = Numbers.Random(random, 3, length);
                foreach (ref var value in x.AsSpan())
                {
                    value *= 3f;
                }

                var expected = PerRow(x, row => [.. row.Select(v => Reference(activation, v))]);
                return (operations.Activate(x, activation), expected);
            }, 1e-6);
        }
    }

    [Theory]
    [ClassData(typeof(Variants))]
    public void Activations_stay_finite_far_out(InstructionSet set)
    {
        using var operations = new TensorOperations(instructionSet: set);
        foreach (var activation in Enum.GetValues<Activation>())
        {
            using var x = Tensor.From([-1000f, -100f, -20f, -5f, 0f, 5f, 20f, 100f, 1000f], new Shape(1, 9));
            var before = x.AsSpan().ToArray();
            operations.Activate(x, activation);
            for (var i = 0; i < before.Length; i++)
            {
                Assert.Equal(Reference(activation, before[i]), x.AsSpan()[i], 1e-4 * Math.Max(1, Math.Abs(before[i])));
            }
        }
    }

    [Theory]
    [ClassData(typeof(Variants))]
    public void SiluGate(InstructionSet set) => EachLength(set, (operations, random, length) =>
    {
        var gate = Numbers.Random(random, 3, length);
        using var up = Numbers.Random(random, 3, length);
        double[] expected = [.. gate.AsSpan().ToArray().Zip(up.AsSpan().ToArray(), (g, u) => g / (1 + Math.Exp(-g)) * u)];
        return (operations.SiluGate(gate, up), expected);
    }, 1e-6);

    [Theory]
    [ClassData(typeof(Variants))]
    public void Add_and_AddRepeated(InstructionSet set) => EachLength(set, (operations, random, length) =>
    {
        var x = Numbers.Random(random, 6, length);
        using var y = Numbers.Random(random, 6, length);
        using var table = Numbers.Random(random, 3, length);
        var expected = new double[6 * length];
        for (var i = 0; i < expected.Length; i++)
        {
            expected[i] = (double)x.AsSpan()[i] + y.AsSpan()[i] + table.AsSpan()[i % (3 * length)];
        }

        return (operations.AddRepeated(operations.Add(x, y), table, 3), expected);
    }, 1e-6);

    [Theory]
    [ClassData(typeof(Variants))]
    public void Rotate(InstructionSet set)
    {
        using var operations = new TensorOperations(instructionSet: set);
        var random = new Random(3);
        foreach (var (size, theta, first) in new[] { (2, 1e4, 0), (16, 1e4, 5), (64, 5e6, 9000), (20, 5e5, 70), (128, 1e4, 3) })
        {
            using var table = new RotaryTable(size, theta);
            using var x = Numbers.Random(random, 4, 3 * size);
            var expected = new double[x.Shape.Count];
            for (var row = 0; row < 4; row++)
            {
                for (var i = 0; i < 3 * size; i++)
                {
                    var (place, start) = (i % size, (row * 3 * size) + (i / size * size));
                    var frequency = 1f / (float)Math.Pow(theta, 2f * (place % (size / 2)) / size);
                    var angle = (double)((first + row) * frequency);
                    var (a, b) = (x.AsSpan()[start + (place % (size / 2))], x.AsSpan()[start + (place % (size / 2)) + (size / 2)]);
                    expected[(row * 3 * size) + i] = place < size / 2 ? (a * Math.Cos(angle)) - (b * Math.Sin(angle)) : (b * Math.Cos(angle)) + (a * Math.Sin(angle));
                }
            }

            operations.Rotate(x, table, first);
            Assert.True(Numbers.RelativeError(x.AsSpan(), expected) < 1e-6);
        }
    }

    [Theory]
    [ClassData(typeof(Variants))]
    public void Embed_widens_rows_of_every_format(InstructionSet set)
    {
        using var operations = new TensorOperations(instructionSet: set);
        foreach (var format in Enum.GetValues<StorageFormat>())
        {
            using var plain = Numbers.Random(new Random(8), 10, 96);
            using var table = StorageConversion.Convert(plain, format);
            var y = operations.Embed([3, 0, 9, 3], table);
            var all = Numbers.Decode(table);
            double[] expected = [.. all[288..384], .. all[..96], .. all[864..960], .. all[288..384]];
            Assert.True(Numbers.RelativeError(y.AsSpan(), expected) < 1e-7);
        }

        using var small = Tensor.Allocate(new Shape(4, 8));
        Assert.Contains("4 rows", Assert.Throws<ArgumentOutOfRangeException>(() => operations.Embed([4], small)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [ClassData(typeof(Variants))]
    public void Every_half_widens_exactly(InstructionSet set)
    {
        var kernels = Variants.Kernels(set);
        var halves = new ushort[65536];
        var wide = new float[65536];
        for (var i = 0; i < halves.Length; i++)
        {
            halves[i] = (ushort)i;
        }

        fixed (ushort* source = halves)
        fixed (float* target = wide)
        {
            kernels.Widen(StorageFormat.F16, (byte*)source, target, halves.Length);
        }

        for (var i = 0; i < halves.Length; i++)
        {
            var expected = (float)BitConverter.UInt16BitsToHalf((ushort)i);
            Assert.True(float.IsNaN(expected) ? float.IsNaN(wide[i]) : BitConverter.SingleToInt32Bits(expected) == BitConverter.SingleToInt32Bits(wide[i]), $"0x{i:x4}");
        }
    }

    private static double Reference(Activation activation, double v) => activation switch
    {
        Activation.None => v,
        Activation.Gelu => v / 2 * (1 + Erf(v / Math.Sqrt(2))),
        Activation.GeluTanh => v / 2 * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (v + (0.044715 * v * v * v)))),
        Activation.QuickGelu => v / (1 + Math.Exp(-1.702 * v)),
        Activation.Silu => v / (1 + Math.Exp(-v)),
        _ => throw new InvalidOperationException(),
    };

    /// <summary>erf by its power series near zero and by erfc's continued fraction elsewhere.</summary>
    private static double Erf(double x)
    {
        var z = Math.Abs(x);
        if (z > 6)
        {
            return Math.Sign(x);
        }

        if (z < 3)
        {
            var (term, sum) = (z, z);
            for (var n = 1; n < 200; n++)
            {
                term *= -z * z / n;
                sum += term / ((2 * n) + 1);
            }

            return Math.Sign(x) * 2 / Math.Sqrt(Math.PI) * sum;
        }

        var fraction = 0.0;
        for (var n = 100; n >= 1; n--)
        {
            fraction = n / 2.0 / (z + fraction);
        }

        return Math.Sign(x) * (1 - (Math.Exp(-z * z) / Math.Sqrt(Math.PI) / (z + fraction)));
    }

    private static double[] PerRow(Tensor x, Func<double[], double[]> reference)
        => [.. Enumerable.Range(0, x.Shape.Rows).SelectMany(row => reference([.. x.Row(row).ToArray().Select(v => (double)v)]))];

    private static void EachLength(InstructionSet set, Func<TensorOperations, Random, int, (Tensor Actual, double[] Expected)> run, double limit)
    {
        using var operations = new TensorOperations(instructionSet: set);
        foreach (var length in Lengths)
        {
            var (actual, expected) = run(operations, new Random(length), length);
            var error = Numbers.RelativeError(actual.AsSpan(), expected);
            Assert.True(error < limit, $"length {length}: relative error {error:e2}");
        }
    }
}
