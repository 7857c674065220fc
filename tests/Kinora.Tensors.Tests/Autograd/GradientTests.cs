using Kinora.Tensors.Autograd;
using Kinora.Tensors.Threading;

namespace Kinora.Tensors.Tests.Autograd;

/// <summary>The way back through each operation.</summary>
public sealed class GradientTests : IDisposable
{
    private const double Limit = 3e-5;
    private readonly Tape tape = new();

    [Theory]
    [ClassData(typeof(Variants))]
    public void Gradients_equal_finite_differences(InstructionSet set)
    {
        using var operations = new TensorOperations(new WorkerPool(2), set);
        ForEach(2, (step, inputs, cotangent) =>
        {
            var expected = step.Differences(operations, inputs, cotangent);
            Near(expected, Gradients(operations, step, inputs, cotangent), $"{step}, {set}");

            // Behind another operation the inputs are intermediate results, which may be overwritten where nothing needs them.
            Near(expected, Gradients(operations, step, inputs, cotangent, behind: true), $"{step}, {set}, on intermediate results");
        });
    }

    [Fact]
    public void Gradients_add_up_when_a_tensor_is_used_twice()
    {
        using var operations = new TensorOperations(new WorkerPool(1));
        ForEach(1, (step, inputs, cotangent) =>
        {
            var once = Gradients(operations, step, inputs, cotangent);
            var twice = Gradients(operations, step with { Run = (o, t) => o.Add(step.Run(o, t), step.Run(o, t)) }, inputs, cotangent);
            Near([.. once.Select(gradient => gradient!.Select(value => 2.0 * value).ToArray())], twice, step.ToString());
        });
    }

    [Fact]
    public void What_works_in_place_leaves_the_gradients_of_earlier_readers_right()
    {
        using var operations = new TensorOperations(new WorkerPool(1));
        var random = new Random(8);
        using var x = Numbers.Random(random, 5, 6);
        using var first = Numbers.Random(random, 6, 6);
        using var second = Numbers.Random(random, 4, 6);
        using var cotangent = Numbers.Random(random, 5, 4);
        x.Learn(Tensor.Allocate(x.Shape));
        var once = Gradient(hidden => operations.Linear(hidden, second));

        // Nothing needs the values that are overwritten, since neither weight learns: (1 + 3) times what one way gives.
        var twice = Gradient(hidden =>
        {
            var read = operations.Linear(hidden, second);
            var scaled = operations.Scale(hidden, 3f);
            Assert.Same(hidden, scaled);
            return operations.Add(read, operations.Linear(scaled, second));
        });
        Assert.InRange(Numbers.RelativeError(twice, [.. once.Select(value => 4.0 * value)]), 0, 1e-6);

        float[] Gradient(Func<Tensor, Tensor> run)
        {
            x.ForgetGradient();
            using var recording = operations.Record(tape);
            operations.Seed(run(operations.Linear(x, first)), cotangent);
            recording.Backward();
            return x.Gradient!.AsSpan().ToArray();
        }
    }

    [Fact]
    public void Gradients_add_up_over_passes_until_they_are_forgotten()
    {
        using var operations = new TensorOperations(new WorkerPool(1));
        using var weight = Numbers.Random(new Random(1), 3, 4);
        using var gradient = Tensor.Allocate(weight.Shape);
        using var x = Numbers.Random(new Random(2), 5, 4);
        using var cotangent = Numbers.Random(new Random(3), 5, 3);
        weight.Learn(gradient);
        Pass();
        var first = gradient.AsSpan().ToArray();
        Pass();
        Near([[.. first.Select(value => 2.0 * value)]], [gradient.AsSpan().ToArray()], "two passes");
        weight.ForgetGradient();
        Assert.Null(weight.Gradient);
        Pass();
        Assert.Equal(first, gradient.AsSpan().ToArray());

        void Pass()
        {
            using var recording = operations.Record(tape);
            operations.Seed(operations.Linear(x, weight), cotangent);
            recording.Backward();
        }
    }

    [Fact]
    public void What_is_frozen_gets_no_gradient_and_leaves_the_others_as_they_are()
    {
        using var operations = new TensorOperations(new WorkerPool(1));
        ForEach(1, (step, inputs, cotangent) =>
        {
            var all = Gradients(operations, step, inputs, cotangent);
            for (var learning = 0; learning < inputs.Length; learning++)
            {
                var one = Gradients(operations, step, inputs, cotangent, only: learning);
                Assert.All(one.Where((_, i) => i != learning), Assert.Null);
                Near([[.. all[learning]!.Select(value => (double)value)]], [one[learning]], $"{step}, input {learning} alone");
            }
        });
    }

    [Fact]
    public void What_is_frozen_throughout_is_not_recorded()
    {
        using var operations = new TensorOperations(new WorkerPool(1));
        foreach (var step in GradientCases.Of(new Random(5)))
        {
            var tensors = step.Shapes.Select(shape => Numbers.Random(new Random(6), shape)).ToArray();
            using (operations.Record(tape))
            {
                step.Run(operations, tensors);
                Assert.Equal((step.Name, 0), (step.Name, tape.Count));
            }

            tensors[0].Learn(Tensor.Allocate(tensors[0].Shape));
            using (operations.Record(tape))
            {
                step.Run(operations, tensors);
                Assert.NotEqual((step.Name, 0), (step.Name, tape.Count));
            }
        }
    }

    public void Dispose() => tape.Dispose();

    private static void Near(double[][] expected, float[]?[] actual, string what)
    {
        for (var i = 0; i < expected.Length; i++)
        {
            var error = Numbers.RelativeError(actual[i], expected[i]);
            Assert.True(error < Limit, $"{what}: gradient of input {i} is off by {error:e1}.");
        }
    }

    private static void ForEach(int seeds, Action<GradientCase, float[][], float[]> check)
    {
        for (var seed = 1; seed <= seeds; seed++)
        {
            var random = new Random(seed);
            using var operations = new TensorOperations(new WorkerPool(1));
            foreach (var step in GradientCases.Of(random))
            {
                using var frame = operations.Begin();
                var tensors = step.Shapes.Select(shape => Numbers.Random(random, shape)).ToArray();
                float[][] inputs = [.. tensors.Select(tensor => tensor.AsSpan().ToArray())];
                var count = step.Run(operations, tensors).Shape.Count;
                check(step, inputs, [.. Enumerable.Range(0, (int)count).Select(_ => Numbers.Normal(random))]);
                Array.ForEach(tensors, tensor => tensor.Dispose());
            }
        }
    }

    private float[]?[] Gradients(TensorOperations operations, GradientCase step, float[][] inputs, float[] cotangent, bool behind = false, int? only = null)
    {
        var tensors = inputs.Select((input, i) => Tensor.From(input, new Shape(step.Shapes[i]))).ToArray();
        for (var i = 0; i < tensors.Length; i++)
        {
            if (only is null || only == i)
            {
                tensors[i].Learn(Tensor.Allocate(tensors[i].Shape));
            }
        }

        using var recording = operations.Record(tape);
        var result = step.Run(operations, behind ? [.. tensors.Select(tensor => operations.Scale(tensor, 1))] : tensors);
        using var seed = Tensor.From(cotangent, result.Shape);
        operations.Seed(result, seed);
        recording.Backward();
        return [.. tensors.Select(tensor => tensor.Gradient?.AsSpan().ToArray())];
    }
}
