using System.CommandLine;
using System.Globalization;
using Kinora.Models.Adapters;
using Kinora.Models.Families;

namespace Kinora.Cli.Commands;

/// <summary><c>--lora DIR[:WEIGHT]</c>, as often as there are adapters.</summary>
internal static class LoraOption
{
    public static Option<string[]> Create() => new("--lora")
    {
        Description = "Adapter to add to the model (PEFT's layout, or PLLaVA's, which stores no alpha: see --lora-alpha); WEIGHT multiplies its own strength: 0 is off, 1 the default. May be given several times.",
        HelpName = "DIR[:WEIGHT]",
        Arity = ArgumentArity.OneOrMore,
    };

    /// <summary>Reads and attaches the adapters that were asked for.</summary>
    /// <returns>What must be kept as long as the model is used.</returns>
    /// <param name="model">The model.</param>
    /// <param name="given">What <c>--lora</c> says.</param>
    /// <param name="alpha">What <c>--lora-alpha</c> says, or null.</param>
    /// <exception cref="UsageException">A weight that is no number, or an alpha that nothing asks for.</exception>
    /// <exception cref="AdapterException">An adapter that can't be read or doesn't fit.</exception>
    public static Attached Attach(VisionLanguageModel model, string[]? given, double? alpha = null)
    {
        var adapters = new Attached();
        try
        {
            foreach (var text in given ?? [])
            {
                var (directory, weight) = Parse(text);
                adapters.Add(LoraAdapter.Load(directory)).Attach(model, weight, alpha ?? StoredAdapters.DefaultAlpha);
            }

            if (alpha is not null && model.Weights.Adapters.Count == 0 && adapters.StoreAlpha)
            {
                throw new UsageException("--lora-alpha is the strength of adapters that store none, and there are none: leave it out, or write the weight behind a directory, as in --lora DIR:0.5.");
            }

            return adapters;
        }
        catch
        {
            adapters.Dispose();
            throw;
        }
    }

    /// <summary>The adapter whose own config.json says how the model is to be read, as PLLaVA's trainer writes it; null: none has one.</summary>
    public static string? SettingsOf(string[]? given)
        => given?.Select(text => Parse(text).Directory).FirstOrDefault(directory => LoraAdapter.IsBare(directory) && File.Exists(Path.Combine(directory, "config.json")));

    /// <summary>The directory, and the weight behind the last colon. A directory whose own name ends like that is meant as it stands.</summary>
    internal static (string Directory, double Weight) Parse(string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon < 0 || Directory.Exists(text))
        {
            return (text, 1);
        }

        return double.TryParse(text.AsSpan(colon + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out var weight) && double.IsFinite(weight)
            ? (text[..colon], weight)
            : throw new UsageException($"--lora {text}: '{text[(colon + 1)..]}' is no weight; write a number behind the colon, such as :0.5, or leave both out.");
    }

    /// <summary>The adapters in use.</summary>
    internal sealed class Attached : IDisposable
    {
        private readonly List<LoraAdapter> adapters = [];

        /// <summary>Whether each stores its own strength.</summary>
        public bool StoreAlpha => adapters.TrueForAll(adapter => adapter.StoresAlpha);

        public LoraAdapter Add(LoraAdapter adapter)
        {
            adapters.Add(adapter);
            return adapter;
        }

        public void Dispose() => adapters.ForEach(adapter => adapter.Dispose());
    }
}
