namespace Kinora.Models.Checkpoints.Torch;

/// <summary>A stretch of numbers that tensors are views of.</summary>
/// <param name="Key">Its entry in the archive, <c>data/KEY</c>.</param>
/// <param name="Dtype">The type of its numbers.</param>
/// <param name="Count">How many.</param>
internal sealed record TorchStorage(string Key, SafetensorsDtype Dtype, long Count);
