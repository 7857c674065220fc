namespace Kinora.Tensors.Tests;

/// <summary>Weights lie in mapped files, behind whose last page there is nothing: a kernel that reads one value too many ends the program.</summary>
public class EndOfMemoryTests
{
    public static MatrixTheoryData<InstructionSet, StorageFormat> Cases => new(TensorOperations.Supported, Enum.GetValues<StorageFormat>());

    [Theory]
    [MemberData(nameof(Cases))]
    public void Products_and_embeddings_read_no_weight_beyond_the_last(InstructionSet set, StorageFormat format)
    {
        using var operations = new TensorOperations(instructionSet: set);
        var random = new Random(7);
        for (var round = 0; round < 60; round++)
        {
            var (columns, depth) = (random.Next(1, 70), format.IsQuantised() ? 32 * random.Next(1, 12) : random.Next(1, 300));
            using var x = Numbers.Random(random, random.Next(1, 20), depth);
            using var plain = Numbers.Random(random, columns, depth);
            using var stored = StorageConversion.Convert(plain, format);
            using var plainBias = Numbers.Random(random, columns);
            using var frame = operations.Begin();
            var weight = GuardedMemory.Copy(stored);
            var y = operations.Linear(x, weight, GuardedMemory.Copy(plainBias), Activation.Silu);
            Assert.Equal(operations.Linear(x, stored, plainBias, Activation.Silu).AsSpan().ToArray(), y.AsSpan().ToArray());
            Assert.Equal(operations.Embed([columns - 1, 0], stored).AsSpan().ToArray(), operations.Embed([columns - 1, 0], weight).AsSpan().ToArray());
        }
    }

    [Theory]
    [ClassData(typeof(Variants))]
    public void Row_operations_read_no_weight_beyond_the_last(InstructionSet set)
    {
        using var operations = new TensorOperations(instructionSet: set);
        var random = new Random(8);
        for (var length = 1; length < 70; length++)
        {
            using var frame = operations.Begin();
            using var plain = Numbers.Random(random, 3, length);
            using var plainWeight = Numbers.Random(random, length);
            var (x, weight, bias) = (GuardedMemory.Copy(plain), GuardedMemory.Copy(plainWeight), GuardedMemory.Copy(plainWeight));
            operations.LayerNorm(x, weight, bias, 1e-5f);
            operations.RmsNorm(x, weight, 1e-5f);
            operations.SiluGate(x, GuardedMemory.Copy(plain));
            operations.AddRepeated(x, GuardedMemory.Copy(plain), 3);
            operations.Add(x, GuardedMemory.Copy(plain));
            operations.Activate(x, Activation.Gelu);
            operations.Softmax(x);
            Assert.Equal(3, x.AsSpan().ToArray().Sum(), 1e-4);
        }
    }

    [Theory]
    [ClassData(typeof(Variants))]
    public void Attention_reads_no_key_beyond_the_last(InstructionSet set)
    {
        using var operations = new TensorOperations(instructionSet: set);
        var random = new Random(9);
        foreach (var format in new[] { StorageFormat.F32, StorageFormat.F16 })
        {
            for (var round = 0; round < 40; round++)
            {
                var (heads, size, tokens, length) = (random.Next(1, 4), 2 * random.Next(1, 40), random.Next(1, 40), random.Next(40, 300));
                using var frame = operations.Begin();
                using var plain = Numbers.Random(random, heads, length, size);
                using var stored = StorageConversion.Convert(plain, format);
                using var query = Numbers.Random(random, tokens, heads * size);
                var expected = operations.CachedAttention(query, stored, stored, length);
                var cache = GuardedMemory.Copy(stored);
                Assert.Equal(expected.AsSpan().ToArray(), operations.CachedAttention(GuardedMemory.Copy(query), cache, cache, length).AsSpan().ToArray());
            }
        }
    }
}
