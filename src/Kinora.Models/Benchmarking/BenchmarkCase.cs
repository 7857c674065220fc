using Kinora.Tensors;
using Kinora.Tensors.Planning;

namespace Kinora.Models.Benchmarking;

/// <summary>Something to be timed.</summary>
/// <param name="Name">What it is, with its shape.</param>
/// <param name="Format">How its weights, keys and values are kept.</param>
/// <param name="Work">What one run computes and must read.</param>
/// <param name="Run">Does it once.</param>
/// <param name="Count">Things that a run is counted as.</param>
/// <param name="Thing">What these are: <c>frame</c>, <c>token</c>; empty if only the rate matters.</param>
public sealed record BenchmarkCase(string Name, StorageFormat Format, Work Work, Action Run, int Count = 1, string Thing = "")
{
    /// <summary>A case of operations on tensors; a dry run counts their work.</summary>
    /// <param name="operations">What to compute with.</param>
    /// <param name="name">As <see cref="Name"/>.</param>
    /// <param name="format">As <see cref="Format"/>.</param>
    /// <param name="run">What to compute; its results are given back after each run.</param>
    public static BenchmarkCase Of(TensorOperations operations, string name, StorageFormat format, Action<TensorOperations> run)
        => new(name, format, WorkOf(run), () =>
        {
            using var frame = operations.Begin();
            run(operations);
        });

    /// <summary>The work of operations, by a dry run.</summary>
    public static Work WorkOf(Action<TensorOperations> run)
    {
        var dryRun = new DryRun();
        using var dry = new TensorOperations(dryRun);
        run(dry);
        return dryRun.Take(dry.Threads).TotalWork;
    }
}
