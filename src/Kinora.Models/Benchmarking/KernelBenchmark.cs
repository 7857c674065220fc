using Kinora.Models.Language;
using Kinora.Tensors;

namespace Kinora.Models.Benchmarking;

/// <summary>Matrix products and attention alone, at the shapes of a ViT-L/14-336 tower and of decoders with one and with seven billion parameters.</summary>
public static class KernelBenchmark
{
    private const int CopiesBeyondCaches = 256 << 20;

    private static readonly StorageFormat[] WeightFormats = [StorageFormat.F32, StorageFormat.F16, StorageFormat.BF16, StorageFormat.Q8_0x16, StorageFormat.Q4_0x16];

    private static readonly (string Name, int Rows, int Outputs, int Inputs)[] Products =
    [
        ("ViT-L attention", 577, 1024, 1024),
        ("ViT-L up", 577, 4096, 1024),
        ("ViT-L down", 577, 1024, 4096),
        ("1B attention", 512, 2048, 2048),
        ("1B up", 512, 8192, 2048),
        ("1B down", 512, 2048, 8192),
    ];

    /// <summary>Times them.</summary>
    /// <param name="rounds">How to time.</param>
    /// <param name="operations">What to compute with.</param>
    public static IReadOnlyList<BenchmarkResult> Run(Rounds rounds, TensorOperations operations)
    {
        ArgumentNullException.ThrowIfNull(rounds);
        using var made = new Tensors();
        var cases = new List<BenchmarkCase>();
        foreach (var (name, rows, outputs, inputs) in Products)
        {
            var x = made.New(rows, inputs);
            foreach (var format in WeightFormats)
            {
                var weight = made.New(format, outputs, inputs);
                cases.Add(BenchmarkCase.Of(operations, $"{name} {rows}x{inputs}x{outputs}", format, compute => compute.Linear(x, weight)));
            }
        }

        const int Hidden = 2048, Vocabulary = 32000;
        var row = made.New(1, Hidden);
        foreach (var format in WeightFormats)
        {
            // Several heads in turn, or the smallest would stay in a large cache.
            var heads = Enumerable.Range(0, (int)(CopiesBeyondCaches / format.Bytes(new Shape(Vocabulary, Hidden))) + 1).Select(_ => made.New(format, Vocabulary, Hidden)).ToArray();
            var next = 0;
            cases.Add(BenchmarkCase.Of(operations, $"1B head 1x{Hidden}x{Vocabulary}", format, compute => compute.Linear(row, heads[next++ % heads.Length])));
        }

        var (query, key, value) = (made.New(577, 1024), made.New(577, 1024), made.New(577, 1024));
        cases.Add(BenchmarkCase.Of(operations, "ViT-L attention 577, 16 heads", StorageFormat.F32, compute => compute.Attention(query, key, value, 16, 16, Sequences.Equal(1, 577))));
        foreach (var format in KeyValueCache.Formats)
        {
            // A layer of a 7B model at the end of sixteen pictures of 601 tokens each: its last 512 tokens, and the next one alone.
            const int Length = 9616, Heads = 32, HeadSize = 128;
            var (keys, values) = (made.New(format, Heads * Length, HeadSize).Reshape(new Shape(Heads, Length, HeadSize)), made.New(format, Heads * Length, HeadSize).Reshape(new Shape(Heads, Length, HeadSize)));
            var (many, one) = (made.New(512, Heads * HeadSize), made.New(1, Heads * HeadSize));
            cases.Add(BenchmarkCase.Of(operations, $"7B attention 512 of {Length}", format, compute => compute.CachedAttention(many, keys, values, Length)));
            cases.Add(BenchmarkCase.Of(operations, $"7B attention 1 of {Length}", format, compute => compute.CachedAttention(one, keys, values, Length)));
        }

        return rounds.Time(cases, 5);
    }

    private sealed class Tensors : IDisposable
    {
        private readonly Dictionary<StorageFormat, RandomTensors> sources = [];

        public Tensor New(params int[] shape) => New(StorageFormat.F32, shape);

        public Tensor New(StorageFormat format, params int[] shape)
        {
            if (!sources.TryGetValue(format, out var source))
            {
                source = sources[format] = new RandomTensors(_ => format);
            }

            return source.Take("", shape);
        }

        public void Dispose()
        {
            foreach (var source in sources.Values)
            {
                source.Dispose();
            }
        }
    }
}
