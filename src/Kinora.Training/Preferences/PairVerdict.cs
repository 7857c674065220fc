namespace Kinora.Training.Preferences;

/// <summary>What became of a record.</summary>
public enum PairVerdict
{
    /// <summary>It gave a preference pair.</summary>
    Kept,

    /// <summary>The description of the sound frames isn't better by enough.</summary>
    Dropped,

    /// <summary>It couldn't be described.</summary>
    Broken,
}
