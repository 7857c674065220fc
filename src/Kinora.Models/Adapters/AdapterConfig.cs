using System.Text.Json;

namespace Kinora.Models.Adapters;

/// <summary>The settings of an adapter as PEFT stores them, as far as they change what it computes.</summary>
internal sealed class AdapterConfig
{
    private readonly double alpha;
    private readonly bool rootOfRank;
    private readonly IReadOnlyList<(string Pattern, double Alpha)> alphas;

    private AdapterConfig(double alpha, bool rootOfRank, IReadOnlyList<(string Pattern, double Alpha)> alphas)
        => (this.alpha, this.rootOfRank, this.alphas) = (alpha, rootOfRank, alphas);

    /// <summary>Reads <c>adapter_config.json</c>.</summary>
    /// <exception cref="AdapterException">Missing, damaged, or of an adapter that computes something else than LoRA.</exception>
    public static AdapterConfig Load(string path)
    {
        const int MostBytes = 16 << 20;
        if (!File.Exists(path))
        {
            throw new AdapterException(path, "does not exist; name the directory that holds an adapter's settings, of a run RUN that is RUN/adapter");
        }

        var json = JsonFile.ReadObject(path, MostBytes, static (file, message, inner) => new AdapterException(file, message, inner));
        if (json.TryGetProperty("peft_type", out var type) && (type.ValueKind != JsonValueKind.String || type.GetString() != "LORA"))
        {
            throw new AdapterException(path, $"has 'peft_type' {Quotation.Of(type.GetRawText())}; expected \"LORA\", the only kind that is supported");
        }

        foreach (var key in new[] { "use_dora", "fan_in_fan_out", "lora_bias" })
        {
            if (json.TryGetProperty(key, out var flag) && flag.ValueKind == JsonValueKind.True)
            {
                throw new AdapterException(path, $"has '{key}' set, which isn't supported; expected a plain LoRA adapter");
            }
        }

        if (json.TryGetProperty("bias", out var bias) && bias.ValueKind == JsonValueKind.String && bias.GetString() != "none")
        {
            throw new AdapterException(path, $"has 'bias' {Quotation.Of(bias.GetRawText())}; expected \"none\"");
        }

        var alphas = new List<(string, double)>();
        if (json.TryGetProperty("alpha_pattern", out var patterns) && patterns.ValueKind == JsonValueKind.Object)
        {
            alphas.AddRange(patterns.EnumerateObject().Select(pattern => (pattern.Name, Number(path, pattern.Name, pattern.Value))));
        }

        return json.TryGetProperty("lora_alpha", out var alpha)
            ? new(Number(path, "lora_alpha", alpha), json.TryGetProperty("use_rslora", out var root) && root.ValueKind == JsonValueKind.True, alphas)
            : throw new AdapterException(path, "has no 'lora_alpha'; expected the adapter's strength as a number");
    }

    /// <summary>alpha / rank of a layer, or alpha / sqrt(rank) where the adapter says so (rank-stabilised LoRA, Kalajdzievski 2023).</summary>
    public double ScaleOf(string layer, int rank)
    {
        // PEFT matches a pattern against the end of the name, from a dot on.
        var own = alpha;
        foreach (var (pattern, other) in alphas)
        {
            own = layer == pattern || layer.EndsWith("." + pattern, StringComparison.Ordinal) ? other : own;
        }

        return own / (rootOfRank ? Math.Sqrt(rank) : rank);
    }

    private static double Number(string path, string key, JsonElement value)
        => value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number)
            ? number
            : throw new AdapterException(path, $"has '{key}' {Quotation.Of(value.GetRawText())}; expected a number");
}
