using System.Globalization;
using System.Security;
using System.Text;

namespace Kinora.Training.Plotting;

/// <summary>Draws the curves of runs as SVG: loss, validation, learning rate and gradient norm, several runs over each other.</summary>
public static class CurvePlot
{
    private const double Width = 960, Margin = 8, LegendHeight = 30, LossHeight = 320, SmallHeight = 210;
    private const int LongestName = 40;

    // Of middle lightness, as are all other colours of the picture: seen as well on white as on dark.
    private static readonly string[] colours = ["#3a86d1", "#e07b28", "#34a36b", "#a765d6", "#d9534f", "#1fa0a8", "#b08a1e", "#d45fa0"];

    /// <summary>The picture.</summary>
    /// <param name="runs">At least one; of runs with the same name each gets a number.</param>
    public static string Svg(IReadOnlyList<RunCurves> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        ArgumentOutOfRangeException.ThrowIfZero(runs.Count, nameof(runs));
        (string Title, Func<RunCurves, IReadOnlyList<CurvePoint>> Curve, bool Smooth)[] small =
            [("Validation loss", run => run.Validation, false), ("F1 of descriptions", run => run.F1, false), ("Right answers", run => run.Answers, false), ("Learning rate", run => run.LearningRate, false), ("Gradient norm", run => run.GradNorm, true)];
        var shown = small.Where(panel => runs.Any(run => panel.Curve(run).Count > 0)).ToArray();
        var height = LegendHeight + LossHeight + (shown.Length > 0 ? SmallHeight : 0) + (2 * Margin);
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $$"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {{Width}} {{height}}" width="{{Width}}" height="{{height}}" font-family="system-ui, 'DejaVu Sans', sans-serif" font-size="12">
            <title>{{Escape(string.Join(", ", runs.Select(run => run.Name)))}}</title>
            <style>
            text { fill: #7d8590 } .title { font-size: 14px; font-weight: 600 } .tick { font-size: 11px }
            .grid { stroke: #8b949e; stroke-opacity: .22; fill: none } .axis { stroke: #8b949e; fill: none }
            .raw { fill: none; stroke-width: 1; stroke-opacity: .35 } .line { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round }
            </style>

            """);
        Legend(svg, runs);
        Panel("Loss", run => run.Loss, true, Margin, Margin + LegendHeight, Width - (2 * Margin), LossHeight, "loss");
        for (var i = 0; i < shown.Length; i++)
        {
            var width = (Width - (2 * Margin)) / shown.Length;
            Panel(shown[i].Title, shown[i].Curve, shown[i].Smooth, Margin + (i * width), Margin + LegendHeight + LossHeight, width, SmallHeight, $"small{i}");
        }

        return svg.Append("</svg>\n").ToString();

        void Panel(string title, Func<RunCurves, IReadOnlyList<CurvePoint>> curve, bool smooth, double x, double y, double width, double panelHeight, string id)
        {
            var panel = new CurvePanel(title, x, y, width, panelHeight);
            for (var i = 0; i < runs.Count; i++)
            {
                panel.Add(curve(runs[i]), Colour(i), smooth);
            }

            panel.Draw(svg, id);
        }
    }

    private static void Legend(StringBuilder svg, IReadOnlyList<RunCurves> runs)
    {
        // Names share the width, so that none runs into the next.
        var room = Math.Min(220, (Width - 66 - Margin) / runs.Count);
        for (var i = 0; i < runs.Count; i++)
        {
            var letters = (int)Math.Clamp((room - 36) / 7, 1, LongestName);
            var name = runs.Count(run => run.Name == runs[i].Name) > 1 ? $"{i + 1}: {runs[i].Name}" : runs[i].Name;
            name = name.Length > letters ? name[..letters] + "…" : name;
            var x = (66 + (i * room)).ToString("0.#", CultureInfo.InvariantCulture);
            svg.Append(CultureInfo.InvariantCulture, $"<path class=\"line\" stroke=\"{Colour(i)}\" d=\"M{x} 22h18\"/><text x=\"{66 + (i * room) + 25:0.#}\" y=\"26\">{Escape(name)}</text>\n");
        }
    }

    private static string Colour(int run) => colours[run % colours.Length];

    /// <summary>Text as XML may hold it: no control characters and no half characters.</summary>
    private static string Escape(string text)
        => SecurityElement.Escape(string.Concat(text.EnumerateRunes().Where(rune => !Rune.IsControl(rune) && rune.Value is not (0xFFFE or 0xFFFF))))!;
}
