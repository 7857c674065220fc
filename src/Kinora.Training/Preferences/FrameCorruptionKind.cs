namespace Kinora.Training.Preferences;

/// <summary>Ways to spoil the frames of a clip, so that a model describes it worse.</summary>
public enum FrameCorruptionKind
{
    /// <summary>Two of four segments change places.</summary>
    SegmentSwap,

    /// <summary>A run of half to all frames is shown backwards.</summary>
    Reversal,

    /// <summary>All frames come from a part of the clip.</summary>
    Crop,

    /// <summary>Half of the frames are missing.</summary>
    DroppedFrames,
}
