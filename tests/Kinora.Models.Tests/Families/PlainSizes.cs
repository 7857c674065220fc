namespace Kinora.Models.Tests.Families;

/// <summary>The sizes of a random Tarsier v1 checkpoint, as they take effect: what its config.json omits has the value of the class default here.</summary>
internal sealed record PlainSizes
{
    public int Vision { get; init; }

    public int VisionInner { get; init; }

    public int VisionLayers { get; init; }

    public int VisionHeads { get; init; }

    public int Image { get; init; }

    public int Patch { get; init; }

    public int FeatureLayer { get; init; }

    public double LayerNormEpsilon { get; init; }

    public string VisionActivation { get; init; } = "";

    public string ProjectorActivation { get; init; } = "";

    public int Text { get; init; }

    public int TextInner { get; init; }

    public int TextLayers { get; init; }

    public int TextHeads { get; init; }

    public int KeyValueHeads { get; init; }

    public int HeadSize { get; init; }

    public int Vocabulary { get; init; }

    public double RmsNormEpsilon { get; init; }

    public double RopeTheta { get; init; }

    public bool AttentionBias { get; init; }

    public bool MlpBias { get; init; }

    public bool Tied { get; init; }

    public int ImageId { get; init; }

    public int RowEndId { get; init; }

    public int PictureEndId { get; init; }

    public int Grid => Image / Patch;
}
