using System.CommandLine;
using System.Globalization;
using Kinora.Cli.Terminal;
using Kinora.Toybox.Clips;
using Kinora.Toybox.Drawing;

namespace Kinora.Cli.Commands;

/// <summary><c>kinora toybox render</c>.</summary>
internal static class ToyboxRenderCommand
{
    private static readonly Option<long> Seed = ToyboxCommand.Seed("The first clip's seed, the next clips have the next ones; default: 0.");
    private static readonly Option<int> Count = CommonOptions.Parsed("--count", text => CommonOptions.Whole(text) is > 0 and var count ? count : throw new FormatException($"'{text}' clips can't be; give 1 or more."), "How many clips; default: 1.", "N");
    private static readonly Option<string?> Out = CommonOptions.PathTo("--out", "Directory of the clips, of world.json and clips.jsonl; whole clips that are there already are kept.", "DIR");
    private static readonly Option<int> Level = ToyboxCommand.Level();
    private static readonly Option<ClipFormat> Format = CommonOptions.Parsed("--format", Parse, "mp4 (the default) or frames, a folder of PNG files for each clip.", "FORMAT");

    public static Command Create()
    {
        var command = new Command("render", "Write clips with exactly what happens in them.") { Seed, Count, Out, Level, Format };
        Examples.Add(command, "kinora toybox render --seed 7 --count 1000 --out world/", "kinora toybox render --count 10 --out easy/ --level 1 --format frames");
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var path = parsed.GetValue(Out) ?? throw new UsageException("render needs --out DIR, the directory of the clips to write.");
        var (first, count) = (parsed.GetValue(Seed), Math.Max(1, parsed.GetValue(Count)));
        if (first > long.MaxValue - count)
        {
            throw new UsageException($"--seed {first} is too large for {count} clips; give a smaller one.");
        }

        if (ToyboxCommand.HeldOut(first, first + count - 1) is { } warning)
        {
            Messages.Hint(warning);
        }

        using var world = WorldDirectory.Open(path, parsed.GetValue(Level), parsed.GetValue(Format));
        var progress = new Progress(done => ProgressLine.Show(string.Create(CultureInfo.InvariantCulture, $"clip {done} of {count}")));
        var written = await world.RenderAsync(first, count, new ClipWriter(new ClipRenderer()), progress, cancellation).ConfigureAwait(false);
        ProgressLine.Clear();
        var kept = count - written;
        Messages.Hint($"Wrote {written} {(written == 1 ? "clip" : "clips")} to {path}{(kept > 0 ? $"; {kept} {(kept == 1 ? "was" : "were")} there already" : "")}. clips.jsonl there says what happens in each.");
        return ExitCode.Done;
    }

    private static ClipFormat Parse(string text) => text switch
    {
        "mp4" => ClipFormat.Mp4,
        "frames" => ClipFormat.Frames,
        _ => throw new FormatException($"'{text}' is no format; give mp4 or frames."),
    };

    /// <summary>Tells at once, and not on another thread when the work is over.</summary>
    private sealed class Progress(Action<int> report) : IProgress<int>
    {
        public void Report(int value) => report(value);
    }
}
