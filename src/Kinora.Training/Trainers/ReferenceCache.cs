using System.Globalization;
using System.Text.Json;
using Kinora.Training.Data;
using Kinora.Training.Runs;

namespace Kinora.Training.Trainers;

/// <summary>The reference's log-probabilities of pairs, kept in the run's directory: computed once per record, whatever becomes of the process.</summary>
internal sealed class ReferenceCache : IDisposable
{
    private readonly Dictionary<(string File, int Record), (double Chosen, double Rejected)> known = [];
    private readonly FileStream file;

    private ReferenceCache(FileStream file) => this.file = file;

    public int Count => known.Count;

    /// <summary>Opens the cache of a run; a last line that was cut off is forgotten.</summary>
    /// <exception cref="RunException">The file can't be read or written.</exception>
    public static ReferenceCache Open(string path)
    {
        try
        {
            var cache = new ReferenceCache(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite));
            var whole = 0L;
            using (var reader = new StreamReader(cache.file, leaveOpen: true))
            {
                var bytes = reader.ReadToEnd();
                foreach (var line in bytes.Split('\n')[..^1])
                {
                    if (JsonSerializer.Deserialize<Entry>(line) is { } entry)
                    {
                        cache.known[(entry.File, entry.Record)] = (entry.Chosen, entry.Rejected);
                    }

                    whole += System.Text.Encoding.UTF8.GetByteCount(line) + 1;
                }
            }

            cache.file.SetLength(whole);
            cache.file.Seek(whole, SeekOrigin.Begin);
            return cache;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new RunException(path, $"holds the reference's log-probabilities and can't be used ({error.Message}); remove it to have them computed again", error);
        }
    }

    public bool Has(SampleSource source) => known.ContainsKey(Key(source));

    /// <summary>What is known of a record.</summary>
    /// <exception cref="TrainingException">Nothing.</exception>
    public (double Chosen, double Rejected) Of(SampleSource source)
        => known.TryGetValue(Key(source), out var pair)
            ? pair
            : throw new TrainingException(string.Create(CultureInfo.InvariantCulture, $"There are no log-probabilities of the reference for {source}; the data changed since the run began."));

    /// <summary>Keeps what was computed.</summary>
    /// <exception cref="RunException">The file can't be written.</exception>
    public void Add(SampleSource source, (double Chosen, double Rejected) pair)
    {
        known[Key(source)] = pair;
        try
        {
            file.Write(JsonSerializer.SerializeToUtf8Bytes(new Entry(Key(source).File, Key(source).Record, pair.Chosen, pair.Rejected)));
            file.WriteByte((byte)'\n');
            file.Flush();
        }
        catch (IOException error)
        {
            throw new RunException(file.Name, $"can't be written ({error.Message}); make room and resume", error);
        }
    }

    public void Dispose() => file.Dispose();

    private static (string File, int Record) Key(SampleSource source) => (source.File, source.Record);

    private sealed record Entry(string File, int Record, double Chosen, double Rejected);
}
