using Kinora.Tensors;

namespace Kinora.Models.Checkpoints;

/// <summary>Where weights come from: a checkpoint's files, or numbers made in memory to measure with.</summary>
public interface ITensorSource
{
    /// <summary>Whether there is a tensor of this name.</summary>
    bool Contains(string name);

    /// <summary>The tensor of this name; stays the source's.</summary>
    /// <exception cref="CheckpointException">Another shape, or a number type that can't be used.</exception>
    Tensor Take(string name, params int[] shape);

    /// <summary>The rank of the low-rank update that is stored beside a layer, by <see cref="Adapters.AdapterNames.Down"/> and <see cref="Adapters.AdapterNames.Up"/>; null if there is none.</summary>
    int? RankOf(string layer) => null;

    /// <summary>Says that a tensor was converted and won't be read again soon, so that its memory can be given back.</summary>
    void PutAside(string name);
}
