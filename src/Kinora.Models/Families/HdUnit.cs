using Kinora.Models.Inputs;

namespace Kinora.Models.Families;

/// <summary>A picture of InternLM-XComposer2-4KHD: a view of the whole, and tiles.</summary>
public sealed record HdUnit : VisualUnit
{
    // Entries of the table of ends: four parts of the vector that closes rows, then four of the one behind the view.
    private const int RowEnd = 0;
    private const int ViewEnd = 4;
    private const int Neighbours = 4;

    /// <summary>Tiles side by side.</summary>
    public required int Columns { get; init; }

    /// <summary>Tiles one above the other.</summary>
    public required int Rows { get; init; }

    /// <summary>Writes down which rows make up each place, four to a place: ~i for row i of the features, else an entry of the table of ends.</summary>
    /// <param name="plan">Where to.</param>
    /// <param name="place">The next entry.</param>
    /// <param name="first">The view's first row.</param>
    /// <param name="grid">Patches along a tile's side.</param>
    internal void Place(Span<int> plan, ref int place, int first, int grid)
    {
        Map(plan, ref place, first, grid, 1, 1);
        End(plan, ref place, ViewEnd);
        Map(plan, ref place, first + (grid * grid), grid, Columns, Rows);
    }

    private static void Map(Span<int> plan, ref int place, int first, int grid, int columns, int rows)
    {
        for (var row = 0; row < rows * grid; row += 2)
        {
            for (var column = 0; column < columns * grid; column += 2)
            {
                var corner = first + (((row / grid * columns) + (column / grid)) * grid * grid) + (row % grid * grid) + (column % grid);
                (plan[place], plan[place + 1], plan[place + 2], plan[place + 3]) = (~corner, ~(corner + 1), ~(corner + grid), ~(corner + grid + 1));
                place += Neighbours;
            }

            End(plan, ref place, RowEnd);
        }
    }

    private static void End(Span<int> plan, ref int place, int entry)
    {
        for (var part = 0; part < Neighbours; part++)
        {
            plan[place++] = entry + part;
        }
    }
}
