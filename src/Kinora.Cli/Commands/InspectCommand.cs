using System.CommandLine;
using System.Globalization;
using Kinora.Cli.Terminal;
using Kinora.Models.Families;
using Kinora.Models.Generation;
using Kinora.Models.Language;
using Kinora.Models.Weights;
using Kinora.Tensors;

namespace Kinora.Cli.Commands;

/// <summary><c>kinora inspect</c>: what is in a model directory.</summary>
internal static class InspectCommand
{
    private static readonly Argument<string?> Directory = new("MODEL") { Description = "A checkpoint's directory; default: the shipped model.", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<WeightFormat> Weights = CommonOptions.Weights();
    private static readonly Option<bool> Json = CommonOptions.Json();

    public static Command Create()
    {
        var command = new Command("inspect", "Show a model's family, parameters, formats, context and memory by part.") { Directory, Weights, Json };
        Examples.Add(command, "kinora inspect /data/Tarsier-7b", "kinora inspect /data/Tarsier-7b --weights q4_0 --json");
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var directory = Models.Directory(parsed.GetValue(Directory));
        using var model = ModelLoader.Outline(directory, parsed.GetValue(Weights));
        var config = model.Decoder.Config;
        var parts = model.Weights.Sizes.OrderBy(size => size.Key.Part).ThenBy(size => size.Key.Format).ToList();
        var visual = model.Plan([new(model.DefaultFrames, 1280, 720, IsVideo: true)]).Tokens;
        var context = visual + GenerationRoom;
        var cache = KeyValueCache.BytesFor(config, context, Session.CacheFormat(config, context));
        if (parsed.GetValue(Json))
        {
            JsonOutput.Write(new
            {
                model = directory,
                family = model.Family,
                parameters = model.Weights.Parameters,
                weights = parsed.GetValue(Weights).Name(),
                bytes = model.Weights.Bytes,
                parts = parts.Select(size => new { part = Name(size.Key.Part), format = size.Key.Format.Name(), parameters = size.Value.Values, bytes = size.Value.Bytes }),
                contextTrained = config.MaxPositions,
                visualTokensPerFrame = visual / model.DefaultFrames,
                defaultFrames = model.DefaultFrames,
                vocabulary = config.VocabularySize,
                unused = model.Checkpoint.Ignored,
            });
            return ExitCode.Done;
        }

        Report.Table(["", ""],
        [
            ["model", directory],
            ["family", model.Family],
            ["parameters in use", model.Weights.Parameters.ToString("N0", CultureInfo.InvariantCulture)],
            ["weights", $"{parsed.GetValue(Weights).Name()}, {Report.Bytes(model.Weights.Bytes)}"],
            ["vocabulary", $"{config.VocabularySize} ({model.Tokenizer.Count} in the tokenizer)"],
            ["context trained", $"{config.MaxPositions} tokens; longer sequences run on without being cut"],
            ["tokens per frame", $"{visual / model.DefaultFrames} of 1280x720; {model.DefaultFrames} frames by default: {visual}"],
            ["key-value cache", $"{Report.Bytes(cache)} for {context} tokens, {Session.CacheFormat(config, context).Name()}"],
        ]);
        Report.Table(
            ["part", "format", "parameters", "memory"],
            parts.Select(size => (IReadOnlyList<string>)[Name(size.Key.Part), size.Key.Format.Name(), size.Value.Values.ToString("N0", CultureInfo.InvariantCulture), Report.Bytes(size.Value.Bytes)]));
        foreach (var reason in model.Checkpoint.Ignored.GroupBy(pair => pair.Value))
        {
            Console.Out.WriteLine($"{reason.Count()} tensors are not used: {Messages.Clean(reason.Key)}.");
        }

        foreach (var note in model.Notes)
        {
            Messages.Hint($"Note: {Messages.Clean(note)}.");
        }

        return ExitCode.Done;
    }

    private const int GenerationRoom = 512;

    private static string Name(WeightPart part) => part.ToString().ToLowerInvariant();
}
