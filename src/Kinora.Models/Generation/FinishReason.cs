namespace Kinora.Models.Generation;

/// <summary>Why an answer ends.</summary>
public enum FinishReason
{
    /// <summary>The model wrote an end mark.</summary>
    End,

    /// <summary>As many tokens as allowed were written.</summary>
    Length,

    /// <summary>A stop string came.</summary>
    StopString,
}
