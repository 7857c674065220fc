namespace Kinora.Media;

/// <summary>Undoes the row filters and the interlacing of a PNG.</summary>
internal static class PngRows
{
    // First column, first row, column step, row step of the seven passes of Adam7.
    private static readonly (int X, int Y, int StepX, int StepY)[] Passes =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    /// <summary>Reads all samples, one byte each (two for 16-bit ones), [height, width, samples].</summary>
    public static byte[] Read(PngHeader header, Stream rows)
    {
        var sampleBytes = header.BitDepth == 16 ? 2 : 1;
        var pixelBytes = header.SamplesPerPixel * sampleBytes;
        var samples = new byte[checked(header.Width * header.Height * pixelBytes)];
        if (!header.Interlaced)
        {
            ReadPass(header, rows, samples, (0, 0, 1, 1), pixelBytes);
            return samples;
        }

        foreach (var pass in Passes)
        {
            ReadPass(header, rows, samples, pass, pixelBytes);
        }

        return samples;
    }

    private static void ReadPass(PngHeader header, Stream rows, byte[] samples, (int X, int Y, int StepX, int StepY) pass, int pixelBytes)
    {
        var width = (header.Width - pass.X + pass.StepX - 1) / pass.StepX;
        var height = (header.Height - pass.Y + pass.StepY - 1) / pass.StepY;
        if (width <= 0 || height <= 0)
        {
            return;
        }

        var length = header.RowBytes(width);
        var distance = Math.Max(1, header.SamplesPerPixel * header.BitDepth / 8);
        var (above, row) = (new byte[length], new byte[length]);
        for (var y = 0; y < height; y++)
        {
            var filter = rows.ReadByte();
            rows.ReadExactly(row);
            Unfilter(filter, row, above, distance);
            Scatter(header, row, samples, width, ((pass.Y + (y * pass.StepY)) * header.Width) + pass.X, pass.StepX, pixelBytes);
            (above, row) = (row, above);
        }
    }

    private static void Unfilter(int filter, byte[] row, byte[] above, int distance)
    {
        switch (filter)
        {
            case 0:
                break;
            case 1:
                for (var x = distance; x < row.Length; x++)
                {
                    row[x] += row[x - distance];
                }

                break;
            case 2:
                for (var x = 0; x < row.Length; x++)
                {
                    row[x] += above[x];
                }

                break;
            case 3:
                for (var x = 0; x < row.Length; x++)
                {
                    row[x] += (byte)(((x < distance ? 0 : row[x - distance]) + above[x]) / 2);
                }

                break;
            case 4:
                for (var x = 0; x < row.Length; x++)
                {
                    row[x] += x < distance ? above[x] : Paeth(row[x - distance], above[x], above[x - distance]);
                }

                break;
            default:
                throw new InvalidDataException(filter < 0 ? "The rows end early." : "Unknown row filter.");
        }
    }

    private static byte Paeth(int left, int above, int corner)
    {
        var estimate = left + above - corner;
        var (a, b, c) = (Math.Abs(estimate - left), Math.Abs(estimate - above), Math.Abs(estimate - corner));
        return (byte)(a <= b && a <= c ? left : b <= c ? above : corner);
    }

    private static void Scatter(PngHeader header, byte[] row, byte[] samples, int width, int first, int step, int pixelBytes)
    {
        if (header.BitDepth >= 8 && step == 1)
        {
            row.CopyTo(samples, first * pixelBytes);
            return;
        }

        var mask = (1 << header.BitDepth) - 1;
        for (var x = 0; x < width; x++)
        {
            var to = (first + (x * step)) * pixelBytes;
            if (header.BitDepth >= 8)
            {
                row.AsSpan(x * pixelBytes, pixelBytes).CopyTo(samples.AsSpan(to));
            }
            else
            {
                var bit = x * header.BitDepth;
                samples[to] = (byte)((row[bit / 8] >> (8 - header.BitDepth - (bit % 8))) & mask);
            }
        }
    }
}
