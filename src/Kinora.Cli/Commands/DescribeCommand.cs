using System.CommandLine;
using Kinora.Cli.Terminal;
using Kinora.Media;
using Kinora.Models.Describing;
using Kinora.Models.Families;
using Kinora.Models.Generation;
using Kinora.Models.Planning;
using Kinora.Models.Weights;

namespace Kinora.Cli.Commands;

/// <summary><c>kinora describe</c>.</summary>
internal static class DescribeCommand
{
    private static readonly Argument<string[]> Inputs = new("INPUT") { Description = "Videos, animated GIFs, pictures, or folders of pictures.", Arity = ArgumentArity.OneOrMore };
    private static readonly Option<string?> Model = CommonOptions.Model();
    private static readonly Option<WeightFormat> Weights = CommonOptions.Weights();
    private static readonly Option<int?> Frames = CommonOptions.Frames();
    private static readonly Option<FrameRule?> FramesBy = CommonOptions.FramesBy();
    private static readonly Option<double?> Start = CommonOptions.Start();
    private static readonly Option<double?> End = CommonOptions.End();
    private static readonly Option<string?> Prompt = new("--prompt") { Description = "What to ask instead of a detailed description.", HelpName = "TEXT" };
    private static readonly Option<DescriptionFormat?> Format = CommonOptions.Parsed("--format", text => (DescriptionFormat?)DescriptionFormats.Parse(text), "text (the default), json, jsonl, srt or vtt.", "FORMAT");
    private static readonly Option<bool> Json = new("--json") { Description = "The same as --format json." };
    private static readonly Option<string?> Output = CommonOptions.Output("Write to this file instead of stdout; for several inputs in srt or vtt, to this folder.");
    private static readonly Option<bool> ShowFrames = new("--show-frames") { Description = "List the frames used with their times, on stderr." };
    private static readonly Option<string?> ContactSheet = CommonOptions.ContactSheet("Save the frames used with their times as one PNG.");
    private static readonly Option<string[]> Lora = LoraOption.Create();
    private static readonly ModelFlags ModelSettings = new();
    private static readonly GenerationFlags Generation = new();

    public static Command Create()
    {
        var command = new Command("describe", "Describe videos, animations and pictures.")
        {
            Inputs, Model, Lora, Weights, Frames, FramesBy, Start, End, Prompt, Format, Json, Output, ShowFrames, ContactSheet,
        };
        ModelSettings.AddTo(command);
        Generation.AddTo(command);
        Examples.Add(
            command,
            "kinora describe clip.mp4",
            "kinora describe clip.mp4 --model /data/Tarsier-7b --frames 16 --weights q4_0",
            "kinora describe clip.mp4 --lora runs/a/adapter:0.5",
            "kinora describe clip.mp4 --model /data/pllava-7b --lora-alpha 4",
            "kinora describe *.mp4 --format jsonl -o captions.jsonl",
            "kinora describe talk.mkv --start 1:30 --end 2:00 --frames-by every:2 --contact-sheet frames.png",
            "kinora describe clip.mp4 --prompt \"What does the dog do?\" --format srt -o clip.srt");
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var inputs = parsed.GetValue(Inputs)!;
        var format = ChooseFormat(parsed);
        var sheet = parsed.GetValue(ContactSheet);
        if (sheet is not null && inputs.Length > 1)
        {
            throw new UsageException("--contact-sheet makes one picture of one input; give one INPUT.");
        }

        if (parsed.GetValue(Prompt) is { } prompt && string.IsNullOrWhiteSpace(prompt))
        {
            throw new UsageException("--prompt is empty; write what to ask, or leave it out for a detailed description.");
        }

        var generation = Generation.Read(parsed);
        var directory = Models.Directory(parsed.GetValue(Model));
        var request = CommonOptions.Request(parsed.GetValue(Frames), parsed.GetValue(FramesBy), parsed.GetValue(Start), parsed.GetValue(End));
        var sink = new DescriptionSink(format, parsed.GetValue(Output), inputs);
        if (sheet is not null)
        {
            OutputFile.Prepare(sheet);
        }

        var card = ModelCard.Find(directory);
        using var planner = new RunPlanner(directory)
        {
            ClipsAtOnce = Math.Min(2, inputs.Length),
            SettingsFrom = LoraOption.SettingsOf(parsed.GetValue(Lora)),
            Setup = model => ModelSettings.Apply(parsed, model, parsed.GetValue(Frames), generation.Beams),
        };
        var outline = planner.Outline(parsed.GetValue(Weights));
        (request, generation) = (outline.Complete(request), Generation.Complete(parsed, generation, outline));

        await using var ahead = new DecodeAhead(new MediaReader(), inputs, request, cancellation);
        ahead.Begin();
        using var model = Models.LoadToRun(planner, parsed.GetValue(Weights), request, inputs, generation, parsed.GetValue(Prompt), cancellation);
        using var adapters = LoraOption.Attach(model, parsed.GetValue(Lora), ModelSettings.LoraAlpha(parsed));
        ModelSettings.Note(parsed, model);
        var options = new DescribeOptions
        {
            Frames = request,
            Prompt = parsed.GetValue(Prompt),
            Generation = generation,
        };
        var describer = new Describer(model);
        var provenance = new Provenance(directory, model.Family, parsed.GetValue(Weights).Name(), generation) { Lora = parsed.GetValue(Lora) is { Length: > 0 } lora ? lora : null, LoraAlpha = model.Weights.Adapters.Count > 0 ? model.Weights.Adapters.Alpha : ModelSettings.LoraAlpha(parsed), Settings = model.Settings };
        var (failed, warned) = (0, false);
        sink.Start();
        try
        {
            foreach (var input in inputs)
            {
                try
                {
                    var writer = sink.Begin(input);
                    var pending = await ahead.TakeAsync().ConfigureAwait(false);
                    var description = await describer.DescribeAsync(input, pending, options, TakeAsync, writer, writer is null ? ProgressLine.Show : ProgressLine.ShowBesideText, cancellation).ConfigureAwait(false);
                    ProgressLine.Clear();
                    sink.Add(description, provenance);
                    Messages.Hint(Summary.Of(description));
                }
                catch (ToolMissingException)
                {
                    throw;
                }
                catch (Exception error) when (error is not (OperationCanceledException or UsageException))
                {
                    // Whatever one input does, the others are still described.
                    failed++;
                    var message = error switch
                    {
                        GenerationException => $"{input}, described with {directory}: {error.Message}",
                        DescribeException => Messages.Clean($"{input}: {error.Message}"),
                        _ => KinoraCommand.MessageOf(error),
                    };
                    sink.Fail(input, message);
                    Messages.Error(message);
                }
            }
        }
        finally
        {
            sink.Finish();
        }

        return failed > 0 ? ExitCode.SomeFailed : ExitCode.Done;

        Task TakeAsync(Clip clip)
        {
            ProgressLine.Clear();
            sink.Check(clip);
            ahead.Begin();
            warned = warned || Models.WarnIfUnknown(card, clip.Info); // once for all inputs
            return ShowAsync(parsed, clip, sheet, cancellation);
        }
    }

    private static DescriptionFormat ChooseFormat(ParseResult parsed)
        => (parsed.GetValue(Json), parsed.GetValue(Format)) switch
        {
            (false, var format) => format ?? DescriptionFormat.Text,
            (true, null or DescriptionFormat.Json) => DescriptionFormat.Json,
            (true, { } format) => throw new UsageException($"--json and --format {format.ToString().ToLowerInvariant()} contradict each other; give one of them."),
        };

    private static async Task ShowAsync(ParseResult parsed, Clip clip, string? sheet, CancellationToken cancellation)
    {
        if (clip.DecodeErrors > 0)
        {
            Messages.Hint($"Note: {clip.Info.Path} is damaged ({Summary.Count(clip.DecodeErrors, "decoding error")}); what could be decoded is used.");
        }

        if (parsed.GetValue(ShowFrames))
        {
            foreach (var line in FrameTable.Lines(clip))
            {
                Messages.Hint(line);
            }
        }

        if (sheet is not null)
        {
            await PictureWriter.WritePngAsync(Media.ContactSheet.Render(clip), sheet, cancellation).ConfigureAwait(false);
        }
    }
}
