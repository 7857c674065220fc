using System.Text;
using Kinora.Cli.Terminal;
using Kinora.Media;
using Kinora.Models.Describing;

namespace Kinora.Cli.Commands;

/// <summary>Where descriptions go. What is finished is kept, also when a later input fails or the user interrupts.</summary>
internal sealed class DescriptionSink
{
    private readonly DescriptionFormat format;
    private readonly string? output;
    private readonly bool several;
    private readonly StringBuilder text = new();
    private readonly List<string> records = [];
    private readonly StreamedText stream = StreamedText.ToConsole();

    /// <exception cref="UsageException">Results that would overwrite each other or an input.</exception>
    /// <exception cref="IOException">The place can't be written to.</exception>
    public DescriptionSink(DescriptionFormat format, string? output, IReadOnlyList<string> inputs)
    {
        (this.format, this.output, several) = (format, output, inputs.Count > 1);
        if (IsFolder && (output is null || File.Exists(output)))
        {
            throw new UsageException($"Subtitles of {inputs.Count} inputs need a folder; give one with -o DIR.");
        }

        if (output is null)
        {
            return;
        }

        if (!IsFolder && (Directory.Exists(output) || Path.EndsInDirectorySeparator(output)))
        {
            throw new UsageException($"-o {output} is a folder; give the name of a file.");
        }

        RefuseOverwriting(inputs);
        if (IsFolder)
        {
            OutputFile.PrepareFolder(output);
        }
        else
        {
            OutputFile.Prepare(output);
        }
    }

    private bool IsSubtitles => format is DescriptionFormat.Srt or DescriptionFormat.Vtt;

    private bool IsFolder => several && IsSubtitles;

    /// <summary>Makes an older file of records empty; called once it is sure that work begins.</summary>
    public void Start()
    {
        if (format == DescriptionFormat.Jsonl && output is not null)
        {
            OutputFile.Write(output, "");
        }
    }

    /// <summary>Begins an input; the result takes its text piece by piece if it is to be shown at once.</summary>
    public Action<string>? Begin(string input)
    {
        if (format != DescriptionFormat.Text || output is not null)
        {
            return null;
        }

        return piece =>
        {
            ProgressLine.Clear();
            stream.Write(several && !stream.MidLine ? $"{Messages.Clean(input)}: {piece.TrimStart()}" : piece);
        };
    }

    /// <summary>Refuses, before anything is computed, what has no times.</summary>
    /// <exception cref="DescribeException">Subtitles of pictures.</exception>
    public void Check(Clip clip)
    {
        if (IsSubtitles && clip.Info.Kind is not (MediaKind.Video or MediaKind.Animation))
        {
            throw new DescribeException($"{clip.Info.Path}: pictures have no times for subtitles; use --format text, json or jsonl.");
        }
    }

    /// <summary>Takes a finished description.</summary>
    public void Add(Description description, Provenance provenance)
    {
        switch (format)
        {
            case DescriptionFormat.Text when output is null:
                stream.End();
                break;
            case DescriptionFormat.Text:
                text.Append(several ? $"{Messages.Clean(description.Input)}: " : "").Append(description.Text.Trim()).Append('\n');
                break;
            case DescriptionFormat.Json:
                records.Add(DescriptionJson.Of(description, provenance, indented: true));
                break;
            case DescriptionFormat.Jsonl:
                Line(DescriptionJson.Of(description, provenance, indented: false));
                break;
            default:
                Subtitles(description);
                break;
        }
    }

    /// <summary>Records an input that failed.</summary>
    public void Fail(string input, string message)
    {
        stream.End();
        if (format == DescriptionFormat.Json)
        {
            records.Add(DescriptionJson.Failure(input, message, indented: true));
        }
        else if (format == DescriptionFormat.Jsonl)
        {
            Line(DescriptionJson.Failure(input, message, indented: false));
        }
    }

    /// <summary>Writes what was collected.</summary>
    public void Finish()
    {
        ProgressLine.Clear();
        stream.End();
        if (format == DescriptionFormat.Json && records.Count > 0)
        {
            text.Append(several ? $"[\n{string.Join(",\n", records)}\n]" : records[0]).Append('\n');
        }

        if (text.Length == 0)
        {
            return;
        }

        if (output is null)
        {
            Console.Out.Write(text);
        }
        else
        {
            OutputFile.Write(output, text.ToString());
        }
    }

    private void RefuseOverwriting(IReadOnlyList<string> inputs)
    {
        var files = inputs.Where(input => input.Length > 0).Select(input => (Input: input, File: Path.GetFullPath(IsFolder ? SubtitlePath(input) : output!))).ToList();
        if (files.Find(pair => files.Exists(other => Path.GetFullPath(other.Input) == pair.File)) is { Input: not null } own)
        {
            throw new UsageException($"-o {output} would overwrite the input {own.Input}; give another name.");
        }

        if (IsFolder && files.GroupBy(pair => pair.File).FirstOrDefault(group => group.Count() > 1) is { } clash)
        {
            throw new UsageException($"{string.Join(" and ", clash.Select(pair => pair.Input))} would both become {Path.GetFileName(clash.Key)} in {output}; describe them apart.");
        }
    }

    private void Line(string record)
    {
        if (output is null)
        {
            Console.Out.WriteLine(record);
            Console.Out.Flush();
        }
        else
        {
            OutputFile.Append(output, record + "\n");
        }
    }

    private void Subtitles(Description description)
    {
        var cue = (description.Frames.Min(frame => frame.Time), description.End!.Value, description.Text.Trim());
        var subtitles = format == DescriptionFormat.Srt ? SubtitleWriter.Srt([cue]) : SubtitleWriter.Vtt([cue]);
        if (IsFolder)
        {
            OutputFile.Write(SubtitlePath(description.Input), subtitles);
        }
        else
        {
            text.Append(subtitles);
        }
    }

    private string SubtitlePath(string input)
        => Path.Combine(output!, $"{Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(input))}.{format.ToString().ToLowerInvariant()}");
}
