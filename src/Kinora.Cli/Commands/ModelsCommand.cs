using System.CommandLine;
using System.Globalization;
using Kinora.Cli.Terminal;
using Kinora.Models.Checkpoints;
using Kinora.Models.Families;
using Kinora.Models.Weights;

namespace Kinora.Cli.Commands;

/// <summary><c>kinora models</c>: which families there are, what each is good for, and which models are on this machine.</summary>
internal static class ModelsCommand
{
    // Bytes of a weight: two, and blocks of 32 with a scale of two bytes.
    private static readonly (WeightFormat Format, double Bytes)[] formats = [(WeightFormat.BF16, 2), (WeightFormat.Q8_0, 34.0 / 32), (WeightFormat.Q4_0, 18.0 / 32)];

    private static readonly Option<bool> Json = CommonOptions.Json();

    public static Command Create()
    {
        var command = new Command("models", "List the families of models: what each is good for, its prompts, frames, memory and licence, and where its files are looked for.") { Json };
        Examples.Add(command, "kinora models", "kinora models --json");
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var cache = HubCache.OfEnvironment();
        var shipped = Models.Shipped();
        if (parsed.GetValue(Json))
        {
            JsonOutput.Write(new
            {
                shipped,
                cache = cache.Directory,
                families = ModelLoader.Cards.Select(card => new
                {
                    name = card.Name,
                    goodFor = card.GoodFor,
                    prompts = card.Prompts,
                    frames = card.Frames,
                    published = card.Published.Select(model => new
                    {
                        id = model.Id,
                        parameters = (long)Math.Round(model.Billions * 1e9),
                        licence = model.Licence,
                        weightBytes = formats.ToDictionary(format => format.Format.Name(), format => Bytes(model, format.Bytes)),
                        directory = cache.Find(model.Id),
                    }),
                }),
            });
            return ExitCode.Done;
        }

        Report.Table(["", ""],
        [
            ["shipped", shipped ?? "models/toybox is missing"],
            ["--model DIR", "any directory with config.json, weights and tokenizer, as published"],
            ["--model ORG/NAME", $"looked for in {cache.Directory}; nothing is downloaded"],
        ]);
        foreach (var card in ModelLoader.Cards)
        {
            Console.Out.WriteLine();
            Report.Table([card.Name, ""], [["good for", card.GoodFor], ["prompts", card.Prompts], ["frames", card.Frames]]);
            Report.Table(["model", .. formats.Select(format => format.Format.Name()), "licence of the weights", "on this machine"], card.Published.Select(model => (IReadOnlyList<string>)
            [
                model.Id, .. formats.Select(format => string.Create(CultureInfo.InvariantCulture, $"{Bytes(model, format.Bytes) / (double)(1 << 30):0.0} GiB")), model.Licence, cache.Find(model.Id) is null ? "no" : "yes",
            ]));
        }

        Console.Out.WriteLine();
        Messages.Hint("Memory is that of the weights; `kinora estimate` adds what a run takes.");
        return ExitCode.Done;
    }

    private static long Bytes(PublishedModel model, double each) => (long)(model.Billions * 1e9 * each);
}
