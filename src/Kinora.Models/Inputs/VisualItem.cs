namespace Kinora.Models.Inputs;

/// <summary>What one placeholder of a prompt stands for.</summary>
/// <param name="Tokens">Places in the decoder's sequence.</param>
/// <param name="Time">For positions of several axes: steps along time,</param>
/// <param name="Rows">rows,</param>
/// <param name="Columns">and columns, by which the tokens are counted; their product is <paramref name="Tokens"/> where a family has such positions.</param>
public readonly record struct VisualItem(int Tokens, int Time, int Rows, int Columns);
