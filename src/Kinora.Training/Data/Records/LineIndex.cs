namespace Kinora.Training.Data.Records;

/// <summary>Finds the records of JSON lines: every line that isn't blank.</summary>
internal static class LineIndex
{
    /// <summary>The places of the lines.</summary>
    /// <param name="file">Read from where it stands to its end.</param>
    /// <param name="blockBytes">Bytes read at a time.</param>
    /// <param name="cancellation">Looked at between blocks.</param>
    /// <exception cref="IOException">The file can't be read.</exception>
    public static List<RecordPlace> Read(Stream file, int blockBytes, CancellationToken cancellation)
    {
        var places = new List<RecordPlace>();
        var block = new byte[blockBytes];
        var (start, position, line, blank) = (file.Position, file.Position, 1, true);
        while (file.Read(block) is > 0 and var length)
        {
            cancellation.ThrowIfCancellationRequested();
            for (var rest = block.AsSpan(0, length); !rest.IsEmpty;)
            {
                var end = rest.IndexOf((byte)'\n');
                var part = end < 0 ? rest : rest[..end];
                blank = blank && part.IndexOfAnyExcept(" \t\r"u8) < 0;
                position += part.Length;
                rest = rest[part.Length..];
                if (end >= 0)
                {
                    Add();
                    rest = rest[1..];
                    (start, line, blank) = (++position, line + 1, true);
                }
            }
        }

        Add();
        return places;

        void Add()
        {
            if (!blank)
            {
                places.Add(RecordPlace.Between(start, position, line));
            }
        }
    }
}
