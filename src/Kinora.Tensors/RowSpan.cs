namespace Kinora.Tensors;

/// <summary>Rows that follow each other.</summary>
/// <param name="First">The first.</param>
/// <param name="Count">How many.</param>
public readonly record struct RowSpan(int First, int Count);
