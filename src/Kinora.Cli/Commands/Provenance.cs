using Kinora.Models.Families;
using Kinora.Models.Generation;

namespace Kinora.Cli.Commands;

/// <summary>What made a description, for its record.</summary>
internal sealed record Provenance(string Model, string Family, string Weights, GenerationOptions Generation)
{
    /// <summary>The adapters as they were asked for, or null.</summary>
    public IReadOnlyList<string>? Lora { get; init; }

    /// <summary>The alpha of adapters that store none, or null if there are none.</summary>
    public double? LoraAlpha { get; init; }

    /// <summary>What was set beside that.</summary>
    public ModelSettings Settings { get; init; } = new();
}
