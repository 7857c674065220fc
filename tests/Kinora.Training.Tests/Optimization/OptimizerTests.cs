using Kinora.Tensors;
using Kinora.Tensors.Autograd;
using Kinora.Tensors.Threading;
using Kinora.Training.Optimization;
using Kinora.Training.Trainers;

namespace Kinora.Training.Tests.Optimization;

public sealed class OptimizerTests : IDisposable
{
    private readonly TensorOperations operations = new(new WorkerPool(1));

    public void Dispose() => operations.Dispose();

    [Fact]
    public void Matrices_under_muon_and_vectors_under_adamw_learn_a_small_map()
    {
        using var store = Store();
        var random = new Random(3);
        using var goal = Random(random, 6, 10);
        foreach (var parameter in store.Parameters)
        {
            using var start = Random(random, 1, (int)parameter.Settings.Shape.Count);
            start.AsSpan().CopyTo(parameter.Weights.AsSpan());
        }

        using var x = Random(random, 40, 10);
        using var tape = new Tape();
        var optimizer = new Optimizer(operations, store, new() { MaxGradientNorm = 1 });
        var (first, last) = (0.0, 0.0);
        const int Steps = 300;
        for (var step = 0; step < Steps; step++)
        {
            using (var recording = operations.Record(tape))
            {
                var wanted = operations.Linear(x, goal);
                var found = operations.Linear(operations.Linear(x, store["down"].Weights), store["up"].Weights, store["bias"].Weights);
                var gradient = operations.New(40, 6);
                last = 0;
                for (var i = 0; i < 240; i++)
                {
                    gradient.AsSpan()[i] = found.AsSpan()[i] - wanted.AsSpan()[i];
                    last += gradient.AsSpan()[i] * gradient.AsSpan()[i] / 2;
                }

                first = step == 0 ? last : first;
                operations.Seed(found, gradient);
                recording.Backward();
            }

            optimizer.Step(1 - (step / (double)Steps), optimizer.ClipFactor(optimizer.GradientNorm()));
        }

        Assert.True(last < 1e-3 * first, $"{first} -> {last}");
        Assert.All(store.Parameters, parameter => Assert.Equal(Steps, parameter.Steps));
        Assert.Contains(store["bias"].SecondMoments.AsSpan().ToArray(), value => value != 0);
        Assert.DoesNotContain(store["up"].SecondMoments.AsSpan().ToArray(), value => value != 0);
    }

    [Fact]
    public void A_matrix_without_gradient_is_left_alone()
    {
        using var store = Store();
        store["up"].Weights.AsSpan().Fill(1);
        store["down"].Weights.AsSpan().Fill(1);
        using var gradient = Random(new Random(4), 6, 8);
        operations.Seed(store["up"].Weights, gradient);
        new Optimizer(operations, store, new()).Step(1, 1);
        Assert.Equal((1, 0), (store["up"].Steps, store["down"].Steps));
        Assert.All(store["down"].Weights.AsSpan().ToArray(), value => Assert.Equal(1, value));
        Assert.All(store["up"].Weights.AsSpan().ToArray(), value => Assert.NotEqual(1, value));
    }

    [Fact]
    public void A_checkpoint_holds_what_each_kind_keeps_and_brings_it_back()
    {
        using var directory = new TemporaryDirectory();
        using var store = Store();
        var random = new Random(5);
        foreach (var parameter in store.Parameters)
        {
            using var values = Random(random, 2, (int)parameter.Settings.Shape.Count);
            values.Row(0).CopyTo(parameter.Weights.AsSpan());
            values.Row(1).CopyTo(parameter.FirstMoments.AsSpan());
            parameter.Steps = 9;
        }

        Directory.CreateDirectory(directory.Path);
        new TrainingState { Step = 9 }.Save(directory.Path, store);
        using var again = Store();
        Assert.Equal(9, TrainingState.Load(directory.Path, again).Step);
        foreach (var parameter in store.Parameters)
        {
            var other = again[parameter.Settings.Name];
            Assert.Equal(parameter.Weights.AsSpan().ToArray(), other.Weights.AsSpan().ToArray());
            Assert.Equal(parameter.FirstMoments.AsSpan().ToArray(), other.FirstMoments.AsSpan().ToArray());
            Assert.Equal(9, other.Steps);
        }
    }

    private static ParameterStore Store() => new(
    [
        new("down", new Shape(8, 10), 0.05, 0) { Optimizer = OptimizerKind.Muon },
        new("up", new Shape(6, 8), 0.05, 0) { Optimizer = OptimizerKind.Muon },
        new("bias", new Shape(6), 0.05, 0),
    ]);

    private static Tensor Random(Random random, params int[] shape)
    {
        var tensor = Tensor.Allocate(new Shape(shape));
        foreach (ref var value in tensor.AsSpan())
        {
            value = (2 * random.NextSingle()) - 1;
        }

        return tensor;
    }
}
