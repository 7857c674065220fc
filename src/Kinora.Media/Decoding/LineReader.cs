namespace Kinora.Media;

/// <summary>Takes one line of a child's output, without its end; only valid during the call.</summary>
internal delegate void LineHandler(ReadOnlySpan<byte> line);

/// <summary>Splits a stream into lines without ever keeping more than one, and no more than its first part if it is long.</summary>
internal static class LineReader
{
    private const int MaxLine = 4096;

    /// <summary>Reads to the end.</summary>
    /// <exception cref="ByteBudgetException">More bytes than allowed.</exception>
    public static async Task ReadAsync(Stream stream, long budget, LineHandler handler, CancellationToken cancellationToken)
    {
        var buffer = new byte[1 << 16];
        var line = new byte[MaxLine];
        var length = 0;
        while (true)
        {
            var count = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (count == 0)
            {
                handler(line.AsSpan(0, length));
                return;
            }

            budget -= count;
            if (budget < 0)
            {
                throw new ByteBudgetException();
            }

            length = Split(buffer.AsSpan(0, count), line, length, handler);
        }
    }

    private static int Split(ReadOnlySpan<byte> bytes, byte[] line, int length, LineHandler handler)
    {
        while (!bytes.IsEmpty)
        {
            var end = bytes.IndexOf((byte)'\n');
            var part = end < 0 ? bytes : bytes[..end];
            var kept = Math.Min(part.Length, MaxLine - length);
            part[..kept].CopyTo(line.AsSpan(length));
            length += kept;
            if (end < 0)
            {
                break;
            }

            handler(line.AsSpan(0, length));
            length = 0;
            bytes = bytes[(end + 1)..];
        }

        return length;
    }
}
