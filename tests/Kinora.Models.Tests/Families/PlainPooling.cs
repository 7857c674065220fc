namespace Kinora.Models.Tests.Families;

/// <summary>How a PLLaVA model averages features.</summary>
/// <param name="Frames">Frames that it wants of a video.</param>
/// <param name="Rows">Rows in which the features of a frame are seen.</param>
/// <param name="Columns">Columns.</param>
/// <param name="Target">Cells; null: nothing is averaged.</param>
internal sealed record PlainPooling(int Frames, int Rows, int Columns, (int Time, int Rows, int Columns)? Target);
