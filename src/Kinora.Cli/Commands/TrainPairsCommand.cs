using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using Kinora.Cli.Terminal;
using Kinora.Media;
using Kinora.Models;
using Kinora.Models.Describing;
using Kinora.Models.Planning;
using Kinora.Models.Weights;
using Kinora.Tensors;
using Kinora.Training.Data;
using Kinora.Training.Preferences;

namespace Kinora.Cli.Commands;

/// <summary><c>kinora train pairs</c>: preference pairs out of clips and human descriptions.</summary>
internal static class TrainPairsCommand
{
    // What the library of the original draws from where nothing is said.
    private const int TopK = 50;

    private static readonly PairSettings Defaults = new();
    private static readonly Option<string[]> Data = new("--data") { Description = "Data file with videos and human descriptions, of any format that train reads. May be given several times.", HelpName = "FILE", Required = true };
    private static readonly Option<string?> Model = CommonOptions.Model();
    private static readonly Option<string[]> Lora = LoraOption.Create();
    private static readonly Option<WeightFormat> Weights = CommonOptions.Weights();
    private static readonly Option<int?> Frames = CommonOptions.Frames();
    private static readonly Option<FrameCorruptionKind?> Corruption = CommonOptions.Parsed("--corruption", text => (FrameCorruptionKind?)FrameCorruptionNames.Parse(text), $"How frames are spoiled: {string.Join(", ", FrameCorruptionNames.All)}; default: one of them, drawn for each clip.", "KIND");
    private static readonly Option<double?> Delta = CommonOptions.Parsed("--delta", text => (double?)CommonOptions.Number(text), Default("The least that recall and precision together must gain", Defaults.Delta), "D");
    private static readonly Option<double?> Temperature = CommonOptions.Parsed("--temperature", text => (double?)CommonOptions.Number(text), Default("How freely both texts are drawn", Defaults.Generation.Temperature), "T");
    private static readonly Option<double?> TopP = CommonOptions.Parsed("--top-p", text => (double?)CommonOptions.Number(text), Default("Draw from the likeliest tokens that make up this probability", Defaults.Generation.TopP), "P");
    private static readonly Option<int?> MaxTokens = GenerationFlags.MaxTokens();
    private static readonly Option<ulong?> Seed = GenerationFlags.SeedOption("Where all that is random starts; default: 0.");
    private static readonly Option<IDescriptionScorer?> Scorer = CommonOptions.Parsed<IDescriptionScorer?>("--scorer", ScorerOf, "What compares texts: words (content words, for any clip) or toybox (events, exact, for rendered clips); default: words.", "NAME");
    private static readonly Option<string?> Output = CommonOptions.Output("File of pairs, JSON lines; FILE.log beside it says what became of each record.");

    public static Command Create()
    {
        var command = new Command("pairs", "Make preference pairs: each clip described from its frames and from spoiled ones, both compared with the human text.")
        {
            Data, Model, Lora, Weights, Frames, Corruption, Delta, Temperature, TopP, MaxTokens, Seed, Scorer, Output,
        };
        Examples.Add(
            command,
            "kinora train pairs --data my.jsonl --model DIR --lora runs/a/adapter -o pairs.jsonl",
            "kinora train pairs --data world/clips.jsonl --scorer toybox -o pairs.jsonl",
            "kinora train recipes/tarsier2-dpo.yaml --model DIR --data pairs.jsonl --out runs/dpo");
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var output = parsed.GetValue(Output) ?? throw new UsageException("pairs needs -o FILE, the file of pairs to write.");
        var paths = parsed.GetValue(Data)!;
        Refuse(output, paths);
        var settings = Settings(parsed);
        var directory = Models.Directory(parsed.GetValue(Model));
        var files = new List<TrainingFile>();
        try
        {
            foreach (var path in paths)
            {
                files.Add(TrainingFile.Open(path, cancellation: cancellation));
            }

            var scorer = parsed.GetValue(Scorer) ?? new WordScorer();
            using var pairs = PairFile.Open(output, Described(parsed, settings, directory, scorer.Name));
            var total = files.Sum(file => file.Count);
            if (pairs.Decided > 0)
            {
                Messages.Hint($"Going on after {pairs.Decided} of {total} records.");
            }

            if (pairs.Decided < total)
            {
                using var planner = new RunPlanner(directory);
                var request = planner.Outline(parsed.GetValue(Weights)).Complete(CommonOptions.Request(settings.Frames, null, null, null));
                using var model = Models.LoadToRun(planner, parsed.GetValue(Weights), request, [], settings.Generation, null, cancellation);
                using var adapters = LoraOption.Attach(model, parsed.GetValue(Lora));
                await MakeAsync(files, pairs, new PairMaker(model, scorer, settings), settings, scorer.Name, cancellation).ConfigureAwait(false);
            }

            ProgressLine.Clear();
            var kinds = Enum.GetValues<FrameCorruptionKind>().Select(kind => string.Create(CultureInfo.InvariantCulture, $"{kind.Name()} {pairs.Kept(kind)}"));
            Messages.Hint($"Kept {pairs.Count(PairVerdict.Kept)} of {total} ({string.Join(", ", kinds)}); {pairs.Count(PairVerdict.Dropped)} not better enough, {pairs.Count(PairVerdict.Broken)} broken. {output} has the pairs, {PairFile.LogOf(output)} the reasons.");
            return pairs.Count(PairVerdict.Broken) > 0 ? ExitCode.SomeFailed : ExitCode.Done;
        }
        finally
        {
            files.ForEach(file => file.Dispose());
        }
    }

    private static async Task MakeAsync(List<TrainingFile> files, PairFile pairs, PairMaker maker, PairSettings settings, string scorer, CancellationToken cancellation)
    {
        var total = files.Sum(file => file.Count);
        foreach (var (number, file) in files.Index())
        {
            for (var record = 0; record < file.Count; record++)
            {
                if (pairs.Has(number, record))
                {
                    continue;
                }

                cancellation.ThrowIfCancellationRequested();
                ProgressLine.Show($"pair {pairs.Decided + 1} of {total}, {pairs.Count(PairVerdict.Kept)} kept");
                try
                {
                    var sample = file.Read(record);
                    var pair = await maker.MakeAsync(sample, CounterRandom.Mix(CounterRandom.Mix(settings.Seed, (ulong)number), (ulong)record), cancellation).ConfigureAwait(false);
                    pairs.Add(PairRow.Of((number, record), sample, pair, settings.Delta, scorer));
                }
                catch (Exception error) when (error is TrainingDataException or SampleException or DescribeException or (MediaException and not ToolMissingException))
                {
                    var source = file.Source(record).ToString();
                    var reason = error.Message.StartsWith(source, StringComparison.Ordinal) ? error.Message : Quotation.Line($"{source}: {error.Message}");
                    pairs.Add(new PairRow(number, record, PairVerdict.Broken) { Source = source, Reason = reason });
                    Messages.Hint($"Left out: {reason}");
                }
            }
        }
    }

    private static PairSettings Settings(ParseResult parsed)
    {
        var delta = parsed.GetValue(Delta) ?? Defaults.Delta;
        if (delta is not (> 0 and <= 2))
        {
            throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"--delta {delta} can't be; recall and precision together gain more than 0 and at most 2, the paper asks for {Defaults.Delta}."));
        }

        if (parsed.GetValue(Frames) is { } frames && CommonOptions.Request(frames, null, null, null).Count < 2)
        {
            throw new UsageException("--frames 1 leaves nothing to spoil; give at least 2.");
        }

        var temperature = parsed.GetValue(Temperature) ?? Defaults.Generation.Temperature;
        return new()
        {
            Delta = delta,
            Frames = parsed.GetValue(Frames),
            Corruption = parsed.GetValue(Corruption),
            Seed = parsed.GetValue(Seed) ?? Defaults.Seed,
            Generation = GenerationFlags.Validated(Defaults.Generation with
            {
                Temperature = temperature,
                TopP = parsed.GetValue(TopP) ?? Defaults.Generation.TopP,
                TopK = temperature > 0 ? TopK : 0,
                MaxNewTokens = parsed.GetValue(MaxTokens) ?? Defaults.Generation.MaxNewTokens,
            }),
        };
    }

    private static IDescriptionScorer ScorerOf(string name) => name switch
    {
        "words" => new WordScorer(),
        "toybox" => new EventScorer(),
        _ => throw new FormatException($"'{name}' is no scorer; give words or toybox."),
    };

    /// <summary>All that the pairs depend on.</summary>
    private static Dictionary<string, string> Described(ParseResult parsed, PairSettings settings, string directory, string scorer)
    {
        var described = new Dictionary<string, string>
        {
            ["--model"] = Path.GetFullPath(directory),
            ["--lora"] = string.Join(" ", parsed.GetValue(Lora) ?? []),
            ["--weights"] = parsed.GetValue(Weights).Name(),
            ["--frames"] = settings.Frames?.ToString(CultureInfo.InvariantCulture) ?? "the model's",
            ["--corruption"] = settings.Corruption?.Name() ?? "any",
            ["--delta"] = settings.Delta.ToString("R", CultureInfo.InvariantCulture),
            ["--temperature"] = settings.Generation.Temperature.ToString("R", CultureInfo.InvariantCulture),
            ["--top-p"] = settings.Generation.TopP.ToString("R", CultureInfo.InvariantCulture),
            ["--max-tokens"] = settings.Generation.MaxNewTokens.ToString(CultureInfo.InvariantCulture),
            ["--seed"] = settings.Seed.ToString(CultureInfo.InvariantCulture),
            ["scorer"] = scorer,
        };
        foreach (var (number, path) in parsed.GetValue(Data)!.Index())
        {
            using var file = PlainFile.Open(path);
            described[$"--data {number + 1}"] = $"{Path.GetFullPath(path)} (SHA-256 {Convert.ToHexStringLower(SHA256.HashData(file))[..16]})";
        }

        return described;
    }

    private static void Refuse(string output, IEnumerable<string> data)
    {
        if (data.FirstOrDefault(path => path.Length == 0 || Path.GetFullPath(path) == Path.GetFullPath(output)) is { } same)
        {
            throw new UsageException(same.Length == 0 ? "--data is an empty text; name a file." : $"-o {output} would overwrite the data {same}; give another name.");
        }

        if (Directory.Exists(output) || PlainFile.ReplacesDevice(output))
        {
            throw new UsageException($"-o {output} is no plain file; name one that pairs can be kept in.");
        }
    }

    private static string Default(string what, double value) => string.Create(CultureInfo.InvariantCulture, $"{what}; default: {value}.");
}
