using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Kinora.Training.Runs;

namespace Kinora.Training.Preferences;

/// <summary>
/// A file of preference pairs, and beside it <c>NAME.log</c> with a row for every record that was decided. The row is written first and holds the pair, so that a kill at any moment costs at most
/// the record that was being described: the file is brought up to its log when it is opened again. One process at a time has it.
/// </summary>
public sealed class PairFile : IDisposable
{
    private static readonly JsonSerializerOptions format = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly HashSet<(int File, int Record)> decided = [];
    private readonly Dictionary<PairVerdict, int> verdicts = [];
    private readonly int[] kept = new int[FrameCorruptionNames.All.Count];
    private readonly string path;
    private readonly FileStream log;
    private FileStream? output;

    private PairFile(string path, FileStream log) => (this.path, this.log) = (path, log);

    /// <summary>Records that were decided.</summary>
    public int Decided => decided.Count;

    /// <summary>How many had a verdict.</summary>
    public int Count(PairVerdict verdict) => verdicts.GetValueOrDefault(verdict);

    /// <summary>How many pairs were kept of a corruption.</summary>
    public int Kept(FrameCorruptionKind kind) => kept[(int)kind];

    /// <summary>Whether a record was decided.</summary>
    public bool Has(int file, int record) => decided.Contains((file, record));

    /// <summary>The log that belongs to a file of pairs.</summary>
    public static string LogOf(string path) => path + ".log";

    /// <summary>Begins a file, or goes on with one.</summary>
    /// <param name="path">The file of pairs.</param>
    /// <param name="settings">All that the pairs depend on; one that was begun with others isn't gone on with.</param>
    /// <exception cref="RunException">It can't be read or written, is another process's, was begun with other settings, or isn't what its log says.</exception>
    public static PairFile Open(string path, IReadOnlyDictionary<string, string> settings)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(settings);
        FileStream log;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            log = new FileStream(LogOf(path), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new RunException(LogOf(path), $"can't be used ({error.Message}); wait if another process has it, give rights there, or name another file with -o", error);
        }

        var file = new PairFile(path, log);
        try
        {
            file.Recover(settings);
            return file;
        }
        catch (Exception error)
        {
            file.Dispose();
            throw error is IOException or UnauthorizedAccessException ? Unwritable(path, error) : error;
        }
    }

    /// <summary>Writes down what became of a record.</summary>
    /// <exception cref="RunException">The disk is full, or something else failed; what was written down before stays.</exception>
    public void Add(PairRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        try
        {
            Append(log, row.Line());
            // After a power cut the file of pairs must not be further than its log.
            log.Flush(flushToDisk: true);
            Count(row);
            if (row.Verdict == PairVerdict.Kept)
            {
                Append(output!, row.OutputLine());
            }
        }
        catch (IOException error)
        {
            throw Unwritable(path, error);
        }
    }

    /// <summary>Closes both files.</summary>
    public void Dispose()
    {
        log.Dispose();
        output?.Dispose();
    }

    private void Recover(IReadOnlyDictionary<string, string> settings)
    {
        var expected = new StringBuilder();
        var bytes = new byte[log.Length];
        log.ReadExactly(bytes);
        // What stands behind the last line's end was cut off.
        var whole = bytes.AsSpan().LastIndexOf((byte)'\n') + 1;
        foreach (var (number, line) in Encoding.UTF8.GetString(bytes, 0, whole).Split('\n')[..^1].Index())
        {
            if (number == 0)
            {
                Compare(line, settings);
            }
            else if (ReadRow(number, line) is var row && Count(row) && row.Verdict == PairVerdict.Kept)
            {
                expected.Append(row.OutputLine()).Append('\n');
            }
        }

        var there = File.Exists(path) ? File.ReadAllBytes(path) : [];
        var wanted = Encoding.UTF8.GetBytes(expected.ToString());
        if (!wanted.AsSpan().StartsWith(there))
        {
            throw new RunException(path, whole == 0 ? "is there already, without the log of how it was made; name another file with -o" : $"isn't what {LogOf(path)} says; put it back, or name another file with -o");
        }

        log.SetLength(whole);
        log.Seek(whole, SeekOrigin.Begin);
        if (whole == 0)
        {
            Append(log, JsonSerializer.Serialize(settings, format));
        }

        output = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
        output.Write(wanted.AsSpan(there.Length));
    }

    private PairRow ReadRow(int number, string line)
    {
        try
        {
            return PairRow.Read(line);
        }
        catch (FormatException error)
        {
            throw new RunException(LogOf(path), $"line {number + 1}: {error.Message}; put it back, or name another file with -o", error);
        }
    }

    private void Compare(string line, IReadOnlyDictionary<string, string> settings)
    {
        Dictionary<string, string>? begun;
        try
        {
            begun = JsonSerializer.Deserialize<Dictionary<string, string>>(line);
        }
        catch (JsonException)
        {
            begun = null;
        }

        if (begun is null)
        {
            throw new RunException(LogOf(path), "line 1: these are no settings of pairs; name another file with -o");
        }

        var differences = settings.Keys.Union(begun.Keys).Where(key => begun.GetValueOrDefault(key) != settings.GetValueOrDefault(key))
            .Select(key => $"{key} was {begun.GetValueOrDefault(key) ?? "not there"} and is {settings.GetValueOrDefault(key) ?? "not there"}").ToList();
        if (differences.Count > 0)
        {
            throw new RunException(path, $"was begun with other settings: {string.Join("; ", differences)}. Give those to go on, or name another file with -o");
        }
    }

    private bool Count(PairRow row)
    {
        if (!decided.Add((row.File, row.Record)))
        {
            return false;
        }

        verdicts[row.Verdict] = Count(row.Verdict) + 1;
        if (row is { Verdict: PairVerdict.Kept, Corruption: { } kind })
        {
            kept[(int)kind]++;
        }

        return true;
    }

    /// <summary>Line and end go in one piece.</summary>
    private static void Append(FileStream file, string line) => file.Write(Encoding.UTF8.GetBytes(line + "\n"));

    private static RunException Unwritable(string path, Exception error) => new(path, $"can't be written ({error.Message}); make room or give rights there, then give the same command to go on", error);
}
