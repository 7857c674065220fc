using System.Globalization;

namespace Kinora.Models.Families;

/// <summary>To how many cells the features of a video are averaged.</summary>
/// <param name="Time">Along time.</param>
/// <param name="Rows">Along the height.</param>
/// <param name="Columns">Along the width.</param>
public readonly record struct PoolingTarget(int Time, int Rows, int Columns)
{
    /// <summary>The most cells along an axis.</summary>
    public const int MostCells = 1024;

    /// <summary>The most cells of a video, far beyond any decoder's context.</summary>
    public const int MostTokens = 1 << 16;

    /// <summary>Places that a video takes in the decoder's sequence.</summary>
    public int Tokens => Time * Rows * Columns;

    /// <summary>Reads a target as users write it: <c>16x12x12</c>, time first; PLLaVA's own programs have <c>16-12-12</c>.</summary>
    /// <exception cref="FormatException">The text is none.</exception>
    public static PoolingTarget Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var cells = text.Split('x', '-').Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= MostCells ? number : 0).ToList();
        return cells is [> 0, > 0, > 0] && (long)cells[0] * cells[1] * cells[2] <= MostTokens
            ? new(cells[0], cells[1], cells[2])
            : throw new FormatException($"'{(text.Length > 40 ? text[..40] + "..." : text)}' is no pooling target; write cells along time, height and width, as in 16x12x12, each from 1 to {MostCells} and at most {MostTokens} in all.");
    }

    /// <summary>As <see cref="Parse"/> reads it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Time}x{Rows}x{Columns}");
}
