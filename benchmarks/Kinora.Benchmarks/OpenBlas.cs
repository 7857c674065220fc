using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Kinora.Tensors;
using Kinora.Tensors.Threading;

namespace Kinora.Benchmarks;

/// <summary>Float products beside OpenBLAS, in turn, in one process, on the same numbers and as many threads.</summary>
internal static unsafe class OpenBlas
{
    private const int RowMajor = 101, Plain = 111, Transposed = 112;

    private static readonly (int Rows, int Outputs, int Inputs)[] Shapes =
    [
        (577, 1024, 1024), (577, 4096, 1024), (577, 1024, 4096), // ViT-L/14-336
        (512, 2048, 2048), (512, 8192, 2048), (512, 2048, 8192), // 1B
        (512, 4096, 4096), (512, 11008, 4096), (512, 4096, 11008), // 7B
    ];

    public static void Race(int threads)
    {
        SetThreads(threads);
        var pool = new WorkerPool(threads);
        var variants = TensorOperations.Supported.Where(set => set >= InstructionSet.Avx2 && set != InstructionSet.AvxVnni).Select(set => new TensorOperations(pool, set)).ToArray();
        Console.WriteLine($"threads {threads}; GFLOP/s, medians; in brackets the ratio to OpenBLAS of the same moment, median");
        foreach (var (rows, outputs, inputs) in Shapes)
        {
            using var x = Values.Random(rows, inputs);
            using var weight = Values.Random(outputs, inputs);
            using var y = Tensor.Allocate(new Shape(rows, outputs));
            var flops = 2.0 * rows * outputs * inputs;
            var blas = new List<double>();
            var own = variants.Select(_ => new List<double>()).ToArray();
            for (var round = 0; round < 12; round++)
            {
                blas.Add(Rate(flops, () => Multiply(RowMajor, Plain, Transposed, rows, outputs, inputs, 1, x.Floats, inputs, weight.Floats, inputs, 0, y.Floats, outputs)));
                for (var i = 0; i < variants.Length; i++)
                {
                    var operations = variants[i];
                    own[i].Add(Rate(flops, () =>
                    {
                        using var frame = operations.Begin();
                        operations.Linear(x, weight);
                    }));
                }
            }

            // The first two rounds warm up.
            var line = $"{rows}x{inputs}x{outputs}".PadRight(18) + $"OpenBLAS {Median(blas.Skip(2)):0}";
            for (var i = 0; i < variants.Length; i++)
            {
                line += string.Create(CultureInfo.InvariantCulture, $"   {variants[i].InstructionSet} {Median(own[i].Skip(2)):0} ({Median(own[i].Skip(2).Zip(blas.Skip(2), (ours, theirs) => ours / theirs)):0.00})");
            }

            Console.WriteLine(line);
        }
    }

    private static double Rate(double flops, Action run)
    {
        // OpenBLAS's threads spin for a while after their work and would take a processor from whoever comes next.
        Thread.Sleep(150);
        run();
        var clock = Stopwatch.StartNew();
        var runs = 0;
        do
        {
            run();
            runs++;
        }
        while (clock.Elapsed.TotalSeconds < 0.1);
        return flops * runs / clock.Elapsed.TotalSeconds / 1e9;
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }

    [DllImport("libopenblas.so.0", EntryPoint = "cblas_sgemm")]
    private static extern void Multiply(int order, int transposeA, int transposeB, int m, int n, int k, float alpha, float* a, int lda, float* b, int ldb, float beta, float* c, int ldc);

    [DllImport("libopenblas.so.0", EntryPoint = "openblas_set_num_threads")]
    private static extern void SetThreads(int count);
}
