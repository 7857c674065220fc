namespace Kinora.Training.Tests.Runs;

/// <summary>Stands for a kill: nothing of the store's may catch it, and nothing after it is done.</summary>
internal sealed class KilledException() : Exception("killed");
