using Kinora.Models.Inputs;

namespace Kinora.Models.Families;

/// <summary>A picture of the LLaVA line: an overview, and tiles behind it whose maps are joined.</summary>
public sealed record LlavaUnit : VisualUnit
{
    /// <summary>Tiles side by side; 0 without tiles.</summary>
    public int Columns { get; init; }

    /// <summary>Tiles one above the other.</summary>
    public int Rows { get; init; }

    /// <summary>Columns and rows of the joined map that are left out at either side.</summary>
    public (int Columns, int Rows) Padding { get; init; }

    /// <summary>Whether a learned vector closes each row of the joined map.</summary>
    public bool ClosesRows { get; init; }

    /// <summary>Places in the sequence.</summary>
    /// <param name="grid">Patches along a tile's side.</param>
    internal int Count(int grid) => (grid * grid) + (Math.Max(0, (Rows * grid) - (2 * Padding.Rows)) * (Math.Max(0, (Columns * grid) - (2 * Padding.Columns)) + (ClosesRows ? 1 : 0)));

    /// <summary>Writes down which row of the tiles' features stands where: ~i for row i, 0 for the vector that closes a row.</summary>
    /// <param name="plan">Where to.</param>
    /// <param name="place">The next entry.</param>
    /// <param name="first">The overview's first row.</param>
    /// <param name="grid">Patches along a tile's side.</param>
    internal void Place(Span<int> plan, ref int place, int first, int grid)
    {
        for (var patch = 0; patch < grid * grid; patch++)
        {
            plan[place++] = ~(first + patch);
        }

        for (var row = Padding.Rows; row < (Rows * grid) - Padding.Rows; row++)
        {
            for (var column = Padding.Columns; column < (Columns * grid) - Padding.Columns; column++)
            {
                var tile = 1 + (row / grid * Columns) + (column / grid);
                plan[place++] = ~(first + (tile * grid * grid) + (row % grid * grid) + (column % grid));
            }

            if (ClosesRows)
            {
                plan[place++] = 0;
            }
        }
    }
}
