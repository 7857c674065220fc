namespace Kinora.Tensors.Planning;

/// <summary>What a stretch of computation needs.</summary>
/// <param name="WorkspaceBytes">The most activations in use at once: what the workspace must hold.</param>
/// <param name="ScratchBytes">What the kernels keep for packing, on all threads.</param>
/// <param name="Work">The work by kind and by the format of weights, keys and values.</param>
public sealed record ComputeNeeds(long WorkspaceBytes, long ScratchBytes, IReadOnlyDictionary<(WorkKind Kind, StorageFormat Format), Work> Work)
{
    /// <summary>The work of all kinds.</summary>
    public Work TotalWork => Work.Values.Aggregate(default(Work), Planning.Work.Add);
}
