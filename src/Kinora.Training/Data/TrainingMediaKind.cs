namespace Kinora.Training.Data;

/// <summary>How a file of a sample is looked at.</summary>
public enum TrainingMediaKind
{
    /// <summary>A picture, one frame; of an animation the first.</summary>
    Picture,

    /// <summary>A video, an animation or a folder of pictures, of which frames are chosen.</summary>
    Video,

    /// <summary>Pictures in the order of time, of which frames are chosen.</summary>
    Frames,
}
