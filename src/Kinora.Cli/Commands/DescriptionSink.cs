using System.Text;
using Kinora.Cli.Terminal;
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
    private bool streaming;

    /// <exception cref="UsageException">Several inputs whose subtitles would go into one file.</exception>
    public DescriptionSink(DescriptionFormat format, string? output, int inputs)
    {
        (this.format, this.output, several) = (format, output, inputs > 1);
        if (format is DescriptionFormat.Srt or DescriptionFormat.Vtt && several && (output is null || File.Exists(output)))
        {
            throw new UsageException($"Subtitles of {inputs} inputs need a folder; give one with -o DIR.");
        }

        if (output is not null && !IsFolder && Directory.Exists(output))
        {
            throw new UsageException($"-o {output} is a folder; give the name of a file.");
        }

        if (format == DescriptionFormat.Jsonl && output is not null)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(output))!);
            File.WriteAllText(output, "");
        }
    }

    private bool IsFolder => several && format is DescriptionFormat.Srt or DescriptionFormat.Vtt;

    /// <summary>Begins an input; the result takes its text piece by piece if it is to be shown at once.</summary>
    public Action<string>? Begin(string input)
    {
        streaming = false;
        if (format != DescriptionFormat.Text || output is not null)
        {
            return null;
        }

        return piece =>
        {
            if (!streaming)
            {
                ProgressLine.Clear();
                piece = several ? $"{Messages.Clean(input)}: {piece.TrimStart()}" : piece.TrimStart();
                streaming = true;
            }

            Console.Out.Write(Messages.Clean(piece, lines: true));
            Console.Out.Flush();
        };
    }

    /// <summary>Takes a finished description.</summary>
    /// <exception cref="DescribeException">Subtitles of a picture.</exception>
    public void Add(Description description, Provenance provenance)
    {
        switch (format)
        {
            case DescriptionFormat.Text when output is null:
                Console.Out.WriteLine();
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
        if (streaming)
        {
            Console.Out.WriteLine();
        }

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

    private void Line(string record)
    {
        if (output is null)
        {
            Console.Out.WriteLine(record);
            Console.Out.Flush();
        }
        else
        {
            // One write per record: the file is whole after each.
            File.AppendAllText(output, record + "\n");
        }
    }

    private void Subtitles(Description description)
    {
        if (description.End is not { } end)
        {
            throw new DescribeException($"{description.Input} is a picture, which has no times; use --format text or json");
        }

        var cue = (description.Frames.Min(frame => frame.Time), end, description.Text.Trim());
        var subtitles = format == DescriptionFormat.Srt ? SubtitleWriter.Srt([cue]) : SubtitleWriter.Vtt([cue]);
        if (IsFolder)
        {
            var name = Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(description.Input));
            OutputFile.Write(Path.Combine(output!, $"{name}.{format.ToString().ToLowerInvariant()}"), subtitles);
        }
        else
        {
            text.Append(subtitles);
        }
    }
}
