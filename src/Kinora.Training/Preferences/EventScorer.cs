using Kinora.Toybox.Judging;

namespace Kinora.Training.Preferences;

/// <summary>Compares descriptions of rendered clips by the events that they tell, exactly: both texts are read by the world's parser. As the reference a description of the world's own tells all that happens.</summary>
public sealed class EventScorer : IDescriptionScorer
{
    /// <inheritdoc/>
    public string Name => "toybox";

    /// <inheritdoc/>
    public ValueTask<DescriptionScore> ScoreAsync(string candidate, string reference, CancellationToken cancellation = default)
    {
        var score = ClipScore.Of(EventParser.Parse(reference), candidate);
        return ValueTask.FromResult(new DescriptionScore(score.Recall, score.Precision));
    }
}
