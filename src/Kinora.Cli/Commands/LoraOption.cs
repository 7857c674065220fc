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
        Description = "Adapter to add to the model (PEFT's layout); WEIGHT multiplies its own strength: 0 is off, 1 the default. May be given several times.",
        HelpName = "DIR[:WEIGHT]",
        Arity = ArgumentArity.OneOrMore,
    };

    /// <summary>Reads and attaches the adapters that were asked for.</summary>
    /// <returns>What must be kept as long as the model is used.</returns>
    /// <exception cref="UsageException">A weight that is no number.</exception>
    /// <exception cref="AdapterException">An adapter that can't be read or doesn't fit.</exception>
    public static Attached Attach(VisionLanguageModel model, string[]? given)
    {
        var adapters = new Attached();
        try
        {
            foreach (var text in given ?? [])
            {
                var (directory, weight) = Parse(text);
                adapters.Add(LoraAdapter.Load(directory)).Attach(model, weight);
            }

            return adapters;
        }
        catch
        {
            adapters.Dispose();
            throw;
        }
    }

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

        public LoraAdapter Add(LoraAdapter adapter)
        {
            adapters.Add(adapter);
            return adapter;
        }

        public void Dispose() => adapters.ForEach(adapter => adapter.Dispose());
    }
}
