namespace Kinora.Models.Tests.Families;

/// <summary>The sizes of a random checkpoint of Qwen2-VL's network, as they take effect.</summary>
internal sealed record PlainQwenSizes
{
    /// <summary>Whether it goes under Tarsier2's names.</summary>
    public bool IsTarsier { get; init; }

    public int Embed { get; init; }

    public int Inner { get; init; }

    public int VisionLayers { get; init; }

    public int VisionHeads { get; init; }

    public int Patch { get; init; }

    public int Temporal { get; init; }

    public int Merge { get; init; }

    public string VisionActivation { get; init; } = "";

    public int Text { get; init; }

    public int TextInner { get; init; }

    public int TextLayers { get; init; }

    public int TextHeads { get; init; }

    public int KeyValueHeads { get; init; }

    public int Vocabulary { get; init; }

    public double RmsNormEpsilon { get; init; }

    public double RopeTheta { get; init; }

    public int[] Sections { get; init; } = [];

    public bool Tied { get; init; }

    public int ImageId { get; init; }

    public int VideoId { get; init; }

    public int PatchLength => 3 * Temporal * Patch * Patch;

    public string TowerKeys => IsTarsier ? "vision_tower." : "visual.";

    public string TextKeys => IsTarsier ? "language_model." : "";
}
