namespace Kinora.Training.Preferences;

/// <summary>Compares descriptions of a clip with what a human wrote about it.</summary>
public interface IDescriptionScorer
{
    /// <summary>Its name in records and logs.</summary>
    string Name { get; }

    /// <summary>Compares a description with the human one.</summary>
    /// <param name="candidate">What a model wrote.</param>
    /// <param name="reference">What the human wrote.</param>
    /// <param name="cancellation">Ends it; a judge may take long.</param>
    ValueTask<DescriptionScore> ScoreAsync(string candidate, string reference, CancellationToken cancellation = default);
}
