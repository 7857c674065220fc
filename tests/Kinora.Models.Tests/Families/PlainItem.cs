namespace Kinora.Models.Tests.Families;

/// <summary>A picture or video as its patches.</summary>
/// <param name="Time">Steps of time.</param>
/// <param name="Rows">Patches along the height.</param>
/// <param name="Columns">Patches along the width.</param>
/// <param name="Patches">[time * rows * columns][values], those of a token together.</param>
internal sealed record PlainItem(int Time, int Rows, int Columns, double[][] Patches);
