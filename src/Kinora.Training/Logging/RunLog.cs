using Kinora.Training.Runs;

namespace Kinora.Training.Logging;

/// <summary>The log of a run: JSON lines, each given to the system at once, so that a kill costs at most the line that was being written. Not thread-safe.</summary>
public sealed class RunLog : IDisposable
{
    private const string Remedy = "make room or give rights there, then go on with `kinora train resume`";

    private readonly string path;
    private readonly FileStream file;

    internal RunLog(string path, FileStream file) => (this.path, this.file) = (path, file);

    /// <summary>Begins a log.</summary>
    /// <param name="path">A file that isn't there.</param>
    /// <exception cref="RunException">It is there, or can't be written.</exception>
    public static RunLog Create(string path) => Opened(path, FileMode.CreateNew);

    /// <summary>Goes on with a log from a checkpoint: a line that a kill cut off goes, and so do the lines of later steps, which will be done again.</summary>
    /// <param name="path">The file; a missing one is begun.</param>
    /// <param name="step">The checkpoint's step.</param>
    /// <exception cref="RunException">It can't be read or written.</exception>
    public static RunLog Resume(string path, long step)
    {
        try
        {
            if (File.Exists(path))
            {
                Trim(path, step);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new RunException(path, $"can't be brought back to step {step} ({error.Message}); {Remedy}", error);
        }

        return Opened(path, FileMode.Append);
    }

    /// <summary>All events of a log, in order; lines that are none are left out.</summary>
    /// <param name="path">The file; another process may be writing it.</param>
    /// <exception cref="RunException">It can't be read.</exception>
    public static IReadOnlyList<LogEvent> Read(string path)
    {
        try
        {
            var events = new List<LogEvent>();
            foreach (var line in BoundedLines.Read(path))
            {
                if (LogLine.TryRead(line) is { } entry)
                {
                    events.Add(entry);
                }
            }

            return events;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new RunException(path, $"can't be read ({error.Message}); name the directory of a run", error);
        }
    }

    /// <summary>Adds a line.</summary>
    /// <exception cref="RunException">The disk is full, or something else failed.</exception>
    public void Write(LogEvent entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        try
        {
            // Line and end go in one piece.
            file.Write([.. LogLine.Write(entry), (byte)'\n']);
            file.Flush();
        }
        catch (IOException error)
        {
            throw new RunException(path, $"can't be written ({error.Message}); {Remedy}", error);
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => file.Dispose();

    private static RunLog Opened(string path, FileMode mode)
    {
        try
        {
            return new RunLog(path, new FileStream(path, mode, FileAccess.Write, FileShare.Read, bufferSize: 0));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new RunException(path, $"can't be written ({error.Message}); {Remedy}", error);
        }
    }

    /// <summary>Writes the lines that stay into a new file that then takes the place of the log: a kill in between loses nothing.</summary>
    private static void Trim(string path, long step)
    {
        var shorter = path + ".new";
        using (var writer = new StreamWriter(shorter, append: false) { NewLine = "\n" })
        {
            foreach (var line in BoundedLines.Read(path))
            {
                if (LogLine.TryRead(line) is { } entry && entry.Step <= step)
                {
                    writer.WriteLine(line);
                }
            }

            writer.Flush();
            ((FileStream)writer.BaseStream).Flush(flushToDisk: true);
        }

        File.Move(shorter, path, overwrite: true);
    }
}
