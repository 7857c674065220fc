using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Kinora.Tensors.Kernels;

namespace Kinora.Tensors.Threading;

/// <summary>
/// A fixed team of threads for short parallel loops. The caller takes part, and it never waits for a thread that was given no
/// processor: chunks are drawn from a common counter, and when they are used up the caller closes the gate, after which it waits
/// only for threads that are inside.
/// </summary>
public sealed unsafe class WorkerPool
{
    private const int Closed = 1 << 30;
    private const int SpinsBeforeParking = 4000;

    private readonly Worker[] workers;
    private delegate*<void*, int, void> execute;
    private void* state;
    private int chunks;
    private int next;
    private int gate = Closed;
    private int epoch;
    private int busy;

    /// <summary>Starts the threads.</summary>
    /// <param name="threads">All threads, the caller counted; at least 1.</param>
    public WorkerPool(int threads)
        : this(threads, startThreads: true)
    {
    }

    /// <summary>As the public one; with threads that never run, a test can show that the caller doesn't wait for them.</summary>
    internal WorkerPool(int threads, bool startThreads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        workers = new Worker[threads - 1];
        for (var i = 0; i < workers.Length; i++)
        {
            workers[i] = new Worker();
            var worker = workers[i];
            if (startThreads)
            {
                new Thread(() => Loop(worker), 1 << 20) { IsBackground = true, Name = $"Kinora worker {i + 1}" }.Start();
            }
        }
    }

    /// <summary>One thread per processor, started when first used.</summary>
    public static WorkerPool Shared { get; } = new(Environment.ProcessorCount);

    /// <summary>Nobody but the caller, for work inside a chunk.</summary>
    internal static WorkerPool Alone { get; } = new(1);

    /// <summary>The number of threads, the caller counted.</summary>
    public int Threads => workers.Length + 1;

    /// <summary>Runs all chunks and returns when they are done. Allocates nothing. Calls from inside a chunk, or while another caller has the team, run on the calling thread alone.</summary>
    /// <param name="count">The number of chunks.</param>
    /// <param name="work">The work; lives on the caller's stack while it runs.</param>
    public void Run<TWork>(int count, ref TWork work)
        where TWork : unmanaged, IParallelWork
    {
        if (count <= 1 || workers.Length == 0 || Interlocked.CompareExchange(ref busy, 1, 0) != 0)
        {
            for (var chunk = 0; chunk < count; chunk++)
            {
                work.Execute(chunk);
            }

            return;
        }

        execute = &Execute<TWork>;
        state = Unsafe.AsPointer(ref work);
        chunks = count;
        Volatile.Write(ref next, 0);
        Volatile.Write(ref gate, 0);
        Interlocked.Increment(ref epoch);
        foreach (var worker in workers)
        {
            if (Interlocked.Exchange(ref worker.Parked, 0) == 1)
            {
                worker.Wake.Release();
            }
        }

        try
        {
            DrawChunks();
        }
        finally
        {
            // Also if memory runs out in a chunk: the work lies on this stack, and other threads may still be at it.
            Interlocked.Or(ref gate, Closed);
            var spin = default(SpinWait);
            while ((Volatile.Read(ref gate) & ~Closed) != 0)
            {
                spin.SpinOnce(sleep1Threshold: -1);
            }

            Volatile.Write(ref busy, 0);
        }
    }

    private static void Execute<TWork>(void* work, int chunk)
        where TWork : unmanaged, IParallelWork
        => ((TWork*)work)->Execute(chunk);

    [MethodImpl(Jit.Kernel)]
    private void DrawChunks()
    {
        var (run, argument, count) = ((nint)execute, (nint)state, chunks);
        while (true)
        {
            var chunk = Interlocked.Increment(ref next) - 1;
            if (chunk >= count)
            {
                return;
            }

            ((delegate*<void*, int, void>)run)((void*)argument, chunk);
        }
    }

    [MethodImpl(Jit.Kernel)]
    private void Loop(Worker worker)
    {
        var seen = 0;
        while (true)
        {
            var spins = 0;
            while (Volatile.Read(ref epoch) == seen)
            {
                if (++spins < SpinsBeforeParking)
                {
                    Thread.SpinWait(1);
                    continue;
                }

                Interlocked.Exchange(ref worker.Parked, 1);
                if (Volatile.Read(ref epoch) == seen || Interlocked.CompareExchange(ref worker.Parked, 0, 1) != 1)
                {
                    worker.Wake.Wait();
                }

                spins = 0;
            }

            seen = Volatile.Read(ref epoch);
            if (TryEnter())
            {
                DrawChunks();
                Interlocked.Decrement(ref gate);
            }
        }
    }

    /// <summary>Joins the job at hand unless its caller has closed it already.</summary>
    private bool TryEnter()
    {
        while (true)
        {
            var current = Volatile.Read(ref gate);
            if ((current & Closed) != 0)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref gate, current + 1, current) == current)
            {
                return true;
            }
        }
    }

    /// <summary>Lives as long as the process, like the thread that sleeps on it.</summary>
    [SuppressMessage("Design", "CA1001", Justification = "The semaphore lives as long as the process.")]
    private sealed class Worker
    {
        public readonly SemaphoreSlim Wake = new(0);
        public int Parked;
    }
}
