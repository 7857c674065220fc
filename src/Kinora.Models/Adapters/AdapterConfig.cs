using System.Text.Json;
using System.Text.RegularExpressions;

namespace Kinora.Models.Adapters;

/// <summary>The settings of an adapter as PEFT stores them, as far as they change what it computes.</summary>
internal sealed class AdapterConfig
{
    private readonly double alpha;
    private readonly bool rootOfRank;
    private readonly IReadOnlyList<(Regex Pattern, double Alpha)> alphas;

    private AdapterConfig(double alpha, bool rootOfRank, IReadOnlyList<(Regex Pattern, double Alpha)> alphas)
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
        if (json.TryGetProperty("peft_type", out var type) && !IsText(type, "LORA"))
        {
            throw new AdapterException(path, $"has 'peft_type' {Shown(type)}; expected \"LORA\", the only kind that is supported");
        }

        foreach (var key in new[] { "use_dora", "fan_in_fan_out", "lora_bias" })
        {
            if (json.TryGetProperty(key, out var flag) && flag.ValueKind == JsonValueKind.True)
            {
                throw new AdapterException(path, $"has '{key}' set, which isn't supported; expected a plain LoRA adapter");
            }
        }

        if (json.TryGetProperty("bias", out var bias) && bias.ValueKind is not JsonValueKind.Null && !IsText(bias, "none"))
        {
            throw new AdapterException(path, $"has 'bias' {Shown(bias)}; expected \"none\"");
        }

        var alphas = new List<(Regex, double)>();
        if (json.TryGetProperty("alpha_pattern", out var patterns) && patterns.ValueKind == JsonValueKind.Object)
        {
            alphas.AddRange(patterns.EnumerateObject().Select(pattern => (Pattern(path, pattern.Name), Number(path, pattern.Name, pattern.Value))));
        }

        return json.TryGetProperty("lora_alpha", out var alpha)
            ? new(Number(path, "lora_alpha", alpha), json.TryGetProperty("use_rslora", out var root) && root.ValueKind == JsonValueKind.True, alphas)
            : throw new AdapterException(path, "has no 'lora_alpha'; expected the adapter's strength as a number");
    }

    /// <summary>alpha / rank of a layer, or alpha / sqrt(rank) where the adapter says so (rank-stabilised LoRA, Kalajdzievski 2023).</summary>
    public double ScaleOf(string layer, int rank)
    {
        var own = alpha;
        foreach (var (pattern, other) in alphas)
        {
            if (pattern.IsMatch(layer))
            {
                own = other; // the first that fits, as in PEFT
                break;
            }
        }

        return own / (rootOfRank ? Math.Sqrt(rank) : rank);
    }

    private static double Number(string path, string key, JsonElement value)
        => value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number)
            ? number
            : throw new AdapterException(path, $"has '{key}' {Shown(value)}; expected a number");

    /// <summary>PEFT takes the keys of <c>alpha_pattern</c> as regular expressions for the end of a name, from a dot on. One that is made to run for ever can't: it is matched without going back.</summary>
    private static Regex Pattern(string path, string text)
    {
        const int Longest = 1000;
        try
        {
            return text.Length <= Longest ? new($"^(?:.*\\.)?(?:{text})$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant) : throw new ArgumentException("it is too long");
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            throw new AdapterException(path, $"has {Quotation.Of(text)} in 'alpha_pattern', which is no pattern of layers' names; expected one such as \"q_proj\"", error);
        }
    }

    private static bool IsText(JsonElement value, string text) => value.GetRawText() == $"\"{text}\""; // unescaping fails on half a surrogate pair

    /// <summary>A value as the file has it, which is without control characters, in as much length as a line may have.</summary>
    private static string Shown(JsonElement value)
    {
        const int Longest = 60;
        var raw = string.Concat(value.GetRawText().Select(unit => char.IsControl(unit) ? ' ' : unit));
        return raw.Length > Longest ? raw[..Longest] + "..." : raw;
    }
}
