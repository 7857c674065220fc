using System.Text;
using Kinora.Media;

namespace Kinora.Training.Logging;

/// <summary>Reads a file by lines, of which none takes more than its share of memory.</summary>
internal static class BoundedLines
{
    private const int BlockBytes = 1 << 16;

    // A line of a log has some hundred bytes.
    private const int MostLineBytes = 1 << 20;

    /// <summary>The lines in order; one that is too long is left out.</summary>
    /// <exception cref="IOException">The file can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static IEnumerable<string> Read(string path)
    {
        using var file = PlainFile.Open(path);
        var (block, line, tooLong) = (new byte[BlockBytes], new List<byte>(), false);
        while (file.Read(block) is > 0 and var length)
        {
            for (var start = 0; start < length;)
            {
                var end = Array.IndexOf(block, (byte)'\n', start, length - start);
                var piece = block.AsSpan(start, (end < 0 ? length : end) - start);
                tooLong |= line.Count + piece.Length > MostLineBytes;
                if (!tooLong)
                {
                    line.AddRange(piece);
                }

                start += piece.Length + 1;
                if (end >= 0)
                {
                    if (!tooLong)
                    {
                        yield return Encoding.UTF8.GetString([.. line]);
                    }

                    line.Clear();
                    tooLong = false;
                }
            }
        }

        if (line.Count > 0 && !tooLong)
        {
            yield return Encoding.UTF8.GetString([.. line]);
        }
    }
}
