namespace Kinora.Training.Trainers;

/// <summary>What came of one pass over preference pairs.</summary>
/// <param name="Loss">The mean loss of the pairs.</param>
/// <param name="LogProbabilities">Of each row, the sum over its answer.</param>
/// <param name="Margins">Of each pair, the reward of the better answer less that of the worse one.</param>
/// <param name="Slopes">Of each row, the loss's slope with respect to its log-probability.</param>
public sealed record PreferenceResult(double Loss, double[] LogProbabilities, double[] Margins, double[] Slopes);
