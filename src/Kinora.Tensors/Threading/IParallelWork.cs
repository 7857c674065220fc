namespace Kinora.Tensors.Threading;

/// <summary>Work that falls into independent chunks. Implementations are structs of pointers and numbers; they run on several threads at once.</summary>
public interface IParallelWork
{
    /// <summary>Does one chunk. Must not throw.</summary>
    /// <param name="chunk">0 to the number of chunks - 1; each is done exactly once.</param>
    void Execute(int chunk);
}
