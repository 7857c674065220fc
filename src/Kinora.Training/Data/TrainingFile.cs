using System.Text.Json;
using System.Text.Unicode;
using Kinora.Media;
using Kinora.Training.Data.Formats;
using Kinora.Training.Data.Records;
using Microsoft.Win32.SafeHandles;

namespace Kinora.Training.Data;

/// <summary>
/// A data file: a JSON array of records or JSON lines, in one of the formats of <see cref="DataFormat"/>. Only the places of the records are kept; each is read when it is asked for.
/// </summary>
/// <remarks>Reading is thread-safe. A broken record is an error of that record only, except that nothing can be read of an array whose brackets and quotes don't match.</remarks>
public sealed class TrainingFile : IDisposable
{
    private const int DeepestNesting = 32;

    // A conversation takes kilobytes; a line without an end must not take the memory.
    private const int MostRecordBytes = 1 << 22;

    private const int BlockBytes = 1 << 18;

    // Of a file that begins with broken records, so many are looked at to find its format.
    private const int RecordsLookedAt = 1000;

    private readonly FileStream file;
    private readonly IReadOnlyList<RecordPlace> places;
    private readonly string mediaFolder;

    private TrainingFile(string path, string mediaFolder, FileStream file, IReadOnlyList<RecordPlace> places, DataFormat? format)
    {
        (Path, this.mediaFolder, this.file, this.places) = (path, mediaFolder, file, places);
        Format = format ?? Recognise();
    }

    /// <summary>The file as it was named.</summary>
    public string Path { get; }

    /// <summary>The number of records, broken ones included.</summary>
    public int Count => places.Count;

    /// <summary>How the records are written.</summary>
    public DataFormat Format { get; }

    /// <summary>Opens a file and finds its records.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mediaFolder">Where relative paths of pictures and videos start; null: the file's own folder.</param>
    /// <param name="format">How the records are written; null: as the first sound ones show.</param>
    /// <param name="cancellation">Ends the search in a long file.</param>
    /// <exception cref="TrainingDataException">It can't be read, is a broken array, holds no record, or its format isn't known.</exception>
    public static TrainingFile Open(string path, string? mediaFolder = null, DataFormat? format = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        FileStream? file = null;
        try
        {
            file = PlainFile.Open(path);
            var places = Places(file, cancellation);
            return places.Count > 0
                ? new TrainingFile(path, mediaFolder ?? System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!, file, places, format)
                : throw new TrainingDataException(path, "holds no record; expected a JSON array of records, or one record per line");
        }
        catch (Exception error)
        {
            file?.Dispose();
            throw error switch
            {
                JsonException or InvalidDataException => new TrainingDataException(path, $"is a broken JSON array ({Where(error)}); its records can't be told apart any more, repair it or write one record per line", error),
                IOException or UnauthorizedAccessException => new TrainingDataException(path, $"can't be read ({error.Message}); check the path and its rights, it names a file of records", error),
                _ => error,
            };
        }
    }

    /// <summary>Reads one record.</summary>
    /// <param name="index">Its number, from 0.</param>
    /// <exception cref="TrainingDataException">The record is broken or of another format.</exception>
    public TrainingSample Read(int index)
    {
        var source = Source(index);
        using var record = Parse(source, places[index]);
        return DataFormats.Read(Format, new RecordReader(source, record.RootElement, mediaFolder));
    }

    /// <summary>Where a record stands, for messages.</summary>
    public SampleSource Source(int index) => new(Path, index, places[index].Line);

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    private static List<RecordPlace> Places(FileStream file, CancellationToken cancellation)
    {
        Span<byte> mark = stackalloc byte[3];
        if (file.ReadAtLeast(mark, 3, throwOnEndOfStream: false) < 3 || !mark.SequenceEqual((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
        {
            file.Position = 0;
        }

        var start = file.Position;
        int first;
        do
        {
            first = file.ReadByte();
        }
        while (first is ' ' or '\t' or '\r' or '\n');
        file.Position = start;
        return first == '[' ? ArrayIndex.Read(file, BlockBytes, MostRecordBytes, cancellation) : LineIndex.Read(file, BlockBytes, cancellation);
    }

    private DataFormat Recognise()
    {
        for (var index = 0; index < Math.Min(Count, RecordsLookedAt); index++)
        {
            try
            {
                using var record = Parse(Source(index), places[index]);
                if (DataFormats.Recognise(record.RootElement) is { } format)
                {
                    return format;
                }
            }
            catch (TrainingDataException)
            {
                // Told when the record is asked for.
            }
        }

        throw new TrainingDataException(Path, $"has {(Count > RecordsLookedAt ? "at its start " : "")}no record of a known format; expected {string.Join(", ", DataFormats.Names)}");
    }

    private JsonDocument Parse(SampleSource source, RecordPlace place)
    {
        if (place.Length > MostRecordBytes)
        {
            throw new TrainingDataException(source, $"it has {place.Length} bytes; a record has at most {MostRecordBytes}, is there a line break missing?");
        }

        try
        {
            var json = new byte[place.Length];
            return ReadAll(file.SafeFileHandle, json, place.Start) < json.Length ? throw new TrainingDataException(source, "it is no longer there, the file was shortened while it was in use; start again with the file as it is now")
                : !Utf8.IsValid(json) ? throw new TrainingDataException(source, "it is no valid UTF-8; convert the file")
                : JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = DeepestNesting, AllowDuplicateProperties = false });
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new TrainingDataException(source, $"it is no valid JSON ({Where(error)} of the record); repair or remove it", error);
        }
        catch (IOException error)
        {
            throw new TrainingDataException(source, $"it can't be read ({error.Message})", error);
        }
    }

    private static int ReadAll(SafeFileHandle handle, Span<byte> buffer, long position)
    {
        var total = 0;
        while (total < buffer.Length && RandomAccess.Read(handle, buffer[total..], position + total) is > 0 and var read)
        {
            total += read;
        }

        return total;
    }

    /// <summary>The parser's own message may quote the file, control characters included.</summary>
    private static string Where(Exception error) => error switch
    {
        JsonException { LineNumber: { } line, BytePositionInLine: { } column } => $"line {line + 1}, byte {column + 1}",
        InvalidDataException => error.Message,
        _ => "broken characters, or a key that stands there twice",
    };
}
