using System.Text.Json;

namespace Kinora.Training.Data.Records;

/// <summary>Finds the records of a JSON array without holding more of it than one token and one block.</summary>
internal sealed class ArrayIndex
{
    // Far more than a record may have, so that one that is nested too deeply is an error of that record.
    private const int DeepestNesting = 1000;

    private readonly List<RecordPlace> places = [];
    private long start;
    private long counted;
    private int line = 1;
    private int startLine;

    /// <summary>The places of the array's entries.</summary>
    /// <param name="file">Read from where it stands to its end.</param>
    /// <param name="blockBytes">Bytes read at a time.</param>
    /// <param name="mostTokenBytes">The longest text that is held, up to a factor of two.</param>
    /// <param name="cancellation">Looked at between blocks.</param>
    /// <exception cref="JsonException">The file is no JSON array; the records before the fault are no use, as nobody knows where the next begins.</exception>
    /// <exception cref="InvalidDataException">It holds a text that is too long.</exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    public static List<RecordPlace> Read(Stream file, int blockBytes, int mostTokenBytes, CancellationToken cancellation)
    {
        var index = new ArrayIndex();
        var state = new JsonReaderState(new JsonReaderOptions { MaxDepth = DeepestNesting });
        var buffer = new byte[blockBytes];
        var (origin, held, last) = (file.Position, 0, false);
        while (!last)
        {
            cancellation.ThrowIfCancellationRequested();
            if (held == buffer.Length)
            {
                Grow(ref buffer, held, mostTokenBytes);
            }

            var read = file.Read(buffer, held, buffer.Length - held);
            held += read;
            last = read == 0;
            var reader = new Utf8JsonReader(buffer.AsSpan(0, held), last, state);
            index.Take(ref reader, buffer, origin);
            state = reader.CurrentState;
            var consumed = (int)reader.BytesConsumed;
            index.CountLines(buffer.AsSpan(0, consumed), origin, origin + consumed);
            buffer.AsSpan(consumed, held - consumed).CopyTo(buffer);
            (held, origin) = (held - consumed, origin + consumed);
        }

        return index.places;
    }

    private void Take(ref Utf8JsonReader reader, byte[] buffer, long origin)
    {
        while (reader.Read())
        {
            // Entries of the array and their closing brackets have depth 1; keys and values within an entry have more.
            if (reader.CurrentDepth != 1)
            {
                if (reader.CurrentDepth == 0 && reader.TokenType is not (JsonTokenType.StartArray or JsonTokenType.EndArray))
                {
                    throw new InvalidDataException("something else than an array stands there");
                }

                continue;
            }

            var opens = reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray;
            if (reader.TokenType is not (JsonTokenType.EndObject or JsonTokenType.EndArray))
            {
                start = origin + reader.TokenStartIndex;
                CountLines(buffer.AsSpan(0, (int)reader.TokenStartIndex), origin, start);
                startLine = line;
            }

            if (!opens)
            {
                places.Add(RecordPlace.Between(start, origin + reader.BytesConsumed, startLine));
            }
        }
    }

    private void CountLines(ReadOnlySpan<byte> bytes, long origin, long end)
    {
        line += bytes[(int)Math.Min(bytes.Length, Math.Max(0, counted - origin))..].Count((byte)'\n');
        counted = Math.Max(counted, end);
    }

    private static void Grow(ref byte[] buffer, int held, int mostTokenBytes)
    {
        if (held > mostTokenBytes)
        {
            throw new InvalidDataException($"it holds a text of more than {mostTokenBytes} bytes");
        }

        Array.Resize(ref buffer, checked(buffer.Length * 2));
    }
}
