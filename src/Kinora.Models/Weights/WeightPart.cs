namespace Kinora.Models.Weights;

/// <summary>The parts of a model, which are rounded differently and counted apart.</summary>
public enum WeightPart
{
    /// <summary>The vision tower.</summary>
    Tower,

    /// <summary>What leads from the tower's features into the decoder.</summary>
    Connector,

    /// <summary>The token embeddings.</summary>
    Embeddings,

    /// <summary>The decoder's blocks.</summary>
    Decoder,

    /// <summary>The output head.</summary>
    Head,

    /// <summary>Low-rank updates that the checkpoint holds beside its layers.</summary>
    Adapter,
}
