namespace Kinora.Training.Recipes;

/// <summary>The sizes of a new model of Tarsier v1's structure, made from nothing: a CLIP tower, two projector layers, a Llama decoder, and a vocabulary learned from the world's texts.</summary>
public sealed record CreateSection
{
    /// <summary>Width and height of a frame in pixels.</summary>
    public int ImageSize { get; init; } = 64;

    /// <summary>Width and height of a patch in pixels.</summary>
    public int PatchSize { get; init; } = 16;

    /// <summary>Width of the tower.</summary>
    public int VisionHidden { get; init; } = 192;

    /// <summary>Width inside the tower's MLPs.</summary>
    public int VisionInner { get; init; } = 512;

    /// <summary>Blocks of the tower; the last never runs, for features are taken before it.</summary>
    public int VisionLayers { get; init; } = 6;

    /// <summary>Heads of the tower.</summary>
    public int VisionHeads { get; init; } = 6;

    /// <summary>Width of the decoder.</summary>
    public int Hidden { get; init; } = 256;

    /// <summary>Width inside the decoder's gated MLPs.</summary>
    public int Inner { get; init; } = 512;

    /// <summary>Blocks of the decoder.</summary>
    public int Layers { get; init; } = 6;

    /// <summary>Query heads of the decoder.</summary>
    public int Heads { get; init; } = 8;

    /// <summary>Key and value heads of the decoder.</summary>
    public int KeyValueHeads { get; init; } = 4;

    /// <summary>Base of the rotary frequencies.</summary>
    public double RopeTheta { get; init; } = 1000;

    /// <summary>Rows of the embedding table.</summary>
    public int Vocabulary { get; init; } = 704;
}
