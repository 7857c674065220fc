using System.CommandLine;
using System.Globalization;
using Kinora.Cli.Terminal;
using Kinora.Media;

namespace Kinora.Cli.Commands;

/// <summary><c>kinora frames</c>: what a rule selects.</summary>
internal static class FramesCommand
{
    private static readonly Argument<string> Input = new("INPUT") { Description = "A video, an animated GIF, a picture, or a folder of pictures." };
    private static readonly Option<int?> Frames = CommonOptions.Frames();
    private static readonly Option<FrameRule?> FramesBy = CommonOptions.FramesBy();
    private static readonly Option<double?> Start = CommonOptions.Start();
    private static readonly Option<double?> End = CommonOptions.End();
    private static readonly Option<string?> Output = CommonOptions.Output("Save each frame as a PNG in this folder.", "DIR");
    private static readonly Option<string?> ContactSheet = CommonOptions.ContactSheet("Save all frames with their times as one PNG.");
    private static readonly Option<bool> Json = CommonOptions.Json();

    public static Command Create()
    {
        var command = new Command("frames", "Show which frames a rule selects, with their times.") { Input, Frames, FramesBy, Start, End, Output, ContactSheet, Json };
        Examples.Add(command, "kinora frames clip.mp4 --frames 16", "kinora frames clip.mp4 --frames-by every:2 -o frames/", "kinora frames clip.mp4 --frames-by at:0.5,3,7.25 --contact-sheet sheet.png");
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var request = CommonOptions.Request(parsed.GetValue(Frames), parsed.GetValue(FramesBy), parsed.GetValue(Start), parsed.GetValue(End));
        if (parsed.GetValue(Output) is { } frameFolder)
        {
            OutputFile.PrepareFolder(frameFolder);
        }

        if (parsed.GetValue(ContactSheet) is { } file)
        {
            OutputFile.Prepare(file);
        }

        var clip = await new MediaReader().ReadAsync(parsed.GetValue(Input)!, request, new DecodingLine(), cancellation).ConfigureAwait(false);
        ProgressLine.Clear();
        var files = new List<string?>();
        for (var i = 0; i < clip.Frames.Count; i++)
        {
            string? path = null;
            if (parsed.GetValue(Output) is { } folder)
            {
                path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"frame-{i + 1:0000}-{clip.Frames[i].Time:0000.000}s.png"));
                await PictureWriter.WritePngAsync(clip.Frames[i].Picture, path, cancellation).ConfigureAwait(false);
            }

            files.Add(path);
        }

        if (parsed.GetValue(ContactSheet) is { } sheet)
        {
            await PictureWriter.WritePngAsync(Media.ContactSheet.Render(clip), sheet, cancellation).ConfigureAwait(false);
        }

        if (parsed.GetValue(Json))
        {
            JsonOutput.Write(clip.Frames.Select((frame, i) => new { index = frame.Index, time = frame.Time, width = frame.Picture.Width, height = frame.Picture.Height, file = files[i] }));
            return ExitCode.Done;
        }

        var saved = parsed.GetValue(Output) is not null;
        Report.Table(
            ["frame", "number", "time", "size", .. saved ? ["file"] : Array.Empty<string>()],
            clip.Frames.Select((frame, i) => (IReadOnlyList<string>)[$"{i + 1}", $"{frame.Index}", string.Create(CultureInfo.InvariantCulture, $"{frame.Time:0.000} s"), $"{frame.Picture.Width}x{frame.Picture.Height}", .. saved ? [files[i]!] : Array.Empty<string>()]));
        return ExitCode.Done;
    }
}
