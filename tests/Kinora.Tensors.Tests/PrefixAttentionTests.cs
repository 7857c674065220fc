using Kinora.Tensors.Autograd;
using Kinora.Tensors.Threading;

namespace Kinora.Tensors.Tests;

/// <summary>Prefixes with branches are the same as separate samples that each have a copy of their prefix.</summary>
public sealed class PrefixAttentionTests : IDisposable
{
    private const double Limit = 1e-6;
    private static readonly RotaryTable Angles = new(12, 100);
    private readonly Tape tape = new();

    public static TheoryData<InstructionSet, int> Cases
    {
        get
        {
            var cases = new TheoryData<InstructionSet, int>();
            foreach (var set in TensorOperations.Supported)
            {
                for (var number = 0; number < 8; number++)
                {
                    cases.Add(set, number);
                }
            }

            return cases;
        }
    }

    public void Dispose() => tape.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void Results_and_gradients_equal_those_of_separate_samples(InstructionSet set, int number)
    {
        var random = new Random(number);
        using var operations = new TensorOperations(new WorkerPool(2), set);
        foreach (var branching in number == 0 ? Corners : [Branching.Random(random)])
        {
            var (heads, keyHeads) = number % 2 == 0 ? (4, 2) : (3, 1);
            Near(Run(operations, branching, heads, keyHeads, number, Separate), Run(operations, branching, heads, keyHeads, number, Shared), branching.ToString());
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_branches_rows_alone_are_the_same_as_among_all_rows(InstructionSet set, int number)
    {
        var random = new Random(number + 100);
        using var operations = new TensorOperations(new WorkerPool(2), set);
        foreach (var branching in number == 0 ? Corners : [Branching.Random(random)])
        {
            var whole = Run(operations, branching, 4, 2, 7, (o, b, q, k, v, heads, keyHeads) => o.Embed(b.Own, Shared(o, b, q, k, v, heads, keyHeads)));
            var alone = Run(operations, branching, 4, 2, 7, BranchesAlone);
            Near(whole, alone, branching.ToString());
        }
    }

    [Theory]
    [ClassData(typeof(Variants))]
    public void The_number_of_threads_changes_no_bit(InstructionSet set)
    {
        // The second one's rows fall into several parts.
        foreach (var branching in new[] { Corners[^1], new Branching([300], [[200, 90, 110]]) })
        {
            using var one = new TensorOperations(new WorkerPool(1), set);
            using var two = new TensorOperations(new WorkerPool(2), set);
            foreach (var run in new[] { Shared, BranchesAlone })
            {
                Assert.Equal(Run(one, branching, 4, 2, 3, run), Run(two, branching, 4, 2, 3, run));
            }
        }
    }

    [Fact]
    public void A_sequence_without_branches_gives_the_bits_of_a_plain_one()
    {
        using var operations = new TensorOperations(new WorkerPool(1));
        var branching = new Branching([70, 0, 31], [[], [], []]);
        Assert.Equal(Run(operations, branching, 4, 2, 5, (o, b, q, k, v, heads, keyHeads) => Attend(o, q, k, v, heads, keyHeads, o.Divide(b.Prefixes))), Run(operations, branching, 4, 2, 5, Shared));
    }

    [Fact]
    public void Numbers_that_do_not_belong_together_are_refused()
    {
        using var operations = new TensorOperations(new WorkerPool(1));
        Assert.Throws<ArgumentException>(() => operations.Divide([1, 2], [1], [3]));
        Assert.Throws<ArgumentException>(() => operations.Divide([1], [2], [3]));
        Assert.Throws<ArgumentOutOfRangeException>(() => operations.Divide([1], [1], [-3]));
        using var x = Tensor.Allocate(new Shape(5, 12));
        Assert.Throws<ArgumentException>(() => operations.Attention(x, x, x, 1, 1, operations.Divide([1], [1], [3]), causal: true));
        Assert.Throws<ArgumentException>(() => operations.Attention(x, x, x, 1, 1, operations.Divide([1], [2], [3, 1])));
    }

    [Fact]
    public void Nothing_is_allocated_after_the_first_time()
    {
        using var operations = new TensorOperations(new WorkerPool(1));
        using var x = Numbers.Random(new Random(1), 60, 12);
        x.Learn(Tensor.Allocate(x.Shape));
        using var cotangent = Numbers.Random(new Random(2), 60, 12);
        int[] prefixes = [10, 20], counts = [2, 1], branches = [5, 5, 20];
        Pass();
        Pass();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Pass();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Pass()
        {
            using var recording = operations.Record(tape);
            var sequences = operations.Divide(prefixes, counts, branches);
            operations.Seed(operations.Attention(operations.Rotate(x, Angles, sequences), x, x, 1, 1, sequences, causal: true), cotangent);
            recording.Backward();
        }
    }

    private static Branching[] Corners =>
    [
        new([5], [[1, 1, 1]]),
        new([0, 4], [[3, 2], [1]]),
        new([0], [[300, 1, 40]]),
        new([3, 0, 0], [[], [], [2]]),
        new([1], [[0, 2, 0]]),
        new([260, 30], [[1, 1, 270, 3], []]),
        new([172, 172], [[33, 18, 17, 18, 16], [40, 9, 63]]),
    ];

    private static Tensor Attend(TensorOperations operations, Tensor q, Tensor k, Tensor v, int heads, int keyHeads, Sequences sequences)
        => operations.Attention(operations.Rotate(q, Angles, sequences), operations.Rotate(k, Angles, sequences), v, heads, keyHeads, sequences, causal: true);

    private static Tensor Shared(TensorOperations operations, Branching b, Tensor q, Tensor k, Tensor v, int heads, int keyHeads)
        => Attend(operations, q, k, v, heads, keyHeads, operations.Divide(b.Prefixes, b.Counts, b.Branches));

    private static Tensor Separate(TensorOperations operations, Branching b, Tensor q, Tensor k, Tensor v, int heads, int keyHeads)
        => operations.Embed(b.Found, Attend(operations, operations.Embed(b.Copied, q), operations.Embed(b.Copied, k), operations.Embed(b.Copied, v), heads, keyHeads, operations.Divide(b.Lengths)));

    private static Tensor BranchesAlone(TensorOperations operations, Branching b, Tensor q, Tensor k, Tensor v, int heads, int keyHeads)
    {
        var sequences = operations.Divide(b.Prefixes, b.Counts, b.Branches);
        Assert.Equal(b.Own, sequences.BranchRows.ToArray());
        var own = operations.Rotate(operations.Embed(sequences.BranchRows, q), Angles, sequences.Branches);
        return operations.Attention(own, operations.Rotate(k, Angles, sequences), v, heads, keyHeads, sequences, causal: true);
    }

    private static void Near(float[][] expected, float[][] actual, string what)
    {
        for (var i = 0; i < expected.Length; i++)
        {
            var error = Numbers.RelativeError(actual[i], [.. expected[i].Select(value => (double)value)]);
            Assert.True(error < Limit, $"{what}: {(i == 0 ? "result" : $"gradient of input {i}")} is off by {error:e1}");
        }
    }

    /// <summary>The result, and the gradients of queries, keys and values.</summary>
    private float[][] Run(TensorOperations operations, Branching branching, int heads, int keyHeads, int seed, Func<TensorOperations, Branching, Tensor, Tensor, Tensor, int, int, Tensor> run)
    {
        var random = new Random(seed);
        Tensor[] inputs = [Numbers.Random(random, branching.Rows, heads * 12), Numbers.Random(random, branching.Rows, keyHeads * 12), Numbers.Random(random, branching.Rows, keyHeads * 12)];
        foreach (var input in inputs)
        {
            input.Learn(Tensor.Allocate(input.Shape));
        }

        using var recording = operations.Record(tape);
        var result = run(operations, branching, inputs[0], inputs[1], inputs[2], heads, keyHeads);
        using var cotangent = Numbers.Random(random, result.Shape.Rows, result.Shape.Last);
        operations.Seed(result, cotangent);
        float[] values = result.AsSpan().ToArray();
        recording.Backward();
        return [values, .. inputs.Select(input => input.Gradient!.AsSpan().ToArray())];
    }
}
