using Kinora.Tensors.Threading;

namespace Kinora.Tensors.Tests;

public unsafe class WorkerPoolTests
{
    [Fact]
    public void Each_chunk_is_done_exactly_once()
    {
        var pool = new WorkerPool(4);
        var counts = stackalloc int[997];
        for (var round = 1; round <= 2000; round++)
        {
            var work = new Count { Counts = counts };
            pool.Run(round % 997, ref work);
            for (var i = 0; i < 997; i++)
            {
                Assert.Equal(i < round % 997 ? 1 : 0, counts[i]);
                counts[i] = 0;
            }
        }
    }

    [Fact]
    public void Callers_at_the_same_time_get_along()
    {
        var pool = new WorkerPool(3);
        var results = new int[6][];
        var threads = Enumerable.Range(0, 6).Select(number => new Thread(() =>
        {
            var counts = new int[300];
            fixed (int* pointer = counts)
            {
                for (var round = 0; round < 500; round++)
                {
                    var work = new Count { Counts = pointer };
                    pool.Run(counts.Length, ref work);
                }
            }

            results[number] = counts;
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Assert.All(results, counts => Assert.All(counts, count => Assert.Equal(500, count)));
    }

    [Fact]
    public void The_caller_never_waits_for_a_thread_that_was_given_no_processor()
    {
        var pool = new WorkerPool(8, startThreads: false);
        var counts = stackalloc int[100];
        for (var round = 1; round <= 50; round++)
        {
            var work = new Count { Counts = counts };
            pool.Run(100, ref work);
            Assert.All(new Span<int>(counts, 100).ToArray(), count => Assert.Equal(round, count));
        }
    }

    [Fact]
    public void A_pool_of_one_runs_on_the_caller()
    {
        var counts = stackalloc int[5];
        var work = new Count { Counts = counts };
        new WorkerPool(1).Run(5, ref work);
        Assert.Equal([1, 1, 1, 1, 1], new Span<int>(counts, 5).ToArray());
    }

    [Fact]
    public void Running_allocates_nothing()
    {
        var pool = new WorkerPool(2);
        var counts = stackalloc int[64];
        var work = new Count { Counts = counts };
        pool.Run(64, ref work);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 1000; round++)
        {
            pool.Run(64, ref work);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private struct Count : IParallelWork
    {
        public int* Counts;

        public readonly void Execute(int chunk) => Interlocked.Increment(ref Counts[chunk]);
    }
}
