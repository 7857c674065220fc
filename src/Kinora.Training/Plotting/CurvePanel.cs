using System.Globalization;
using System.Text;

namespace Kinora.Training.Plotting;

/// <summary>One diagram: a frame with axes, and in it the curves of all runs.</summary>
/// <param name="title">What is drawn.</param>
/// <param name="x">The left edge, with the room for the axis' texts.</param>
/// <param name="y">The upper edge, with the room for the title.</param>
/// <param name="width">All of its width.</param>
/// <param name="height">All of its height.</param>
internal sealed class CurvePanel(string title, double x, double y, double width, double height)
{
    private const double Left = 58, Right = 14, Top = 30, Bottom = 26;
    private const int MostPoints = 1200;
    private const int MostMarks = 60;

    private readonly List<(IReadOnlyList<CurvePoint> Points, string Colour, bool Smooth)> curves = [];

    /// <summary>Adds a curve.</summary>
    /// <param name="points">By rising steps.</param>
    /// <param name="colour">Of its line.</param>
    /// <param name="smooth">Whether it is noisy: then it is drawn thin, and thick over it its running mean.</param>
    public void Add(IReadOnlyList<CurvePoint> points, string colour, bool smooth) => curves.Add((points, colour, smooth));

    /// <summary>Draws it.</summary>
    /// <param name="svg">What is drawn into.</param>
    /// <param name="id">A name for its clipping, that no other panel has.</param>
    public void Draw(StringBuilder svg, string id)
    {
        var (plotLeft, plotTop, plotWidth, plotHeight) = (x + Left, y + Top, width - Left - Right, height - Top - Bottom);
        svg.Append(CultureInfo.InvariantCulture, $"<g><text class=\"title\" x=\"{N(plotLeft)}\" y=\"{N(y + 19)}\">{title}</text>\n");
        var ranges = curves.SelectMany(curve => curve.Smooth ? [CurveShape.Range(curve.Points), Full(CurveShape.Smoothed(curve.Points))] : new[] { Full(curve.Points) }).OfType<(double Least, double Most)>().ToArray();
        if (ranges.Length == 0)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{N(plotLeft)}\" y=\"{N(plotTop + 20)}\">no finite value</text></g>\n");
            return;
        }

        var wanted = plotHeight > 200 ? 6 : 4;
        var (bottom, top) = AxisTicks.Around(ranges.Min(range => range.Least), ranges.Max(range => range.Most), wanted);
        var (first, last) = (0.0, (double)Math.Max(1, curves.Where(curve => curve.Points.Count > 0).Max(curve => curve.Points[^1].Step)));
        double X(double step) => plotLeft + ((step - first) / (last - first) * plotWidth);
        double Y(double value) => plotTop + plotHeight - ((value - bottom) / (top - bottom) * plotHeight);

        Axes();
        svg.Append(CultureInfo.InvariantCulture, $"<clipPath id=\"{id}\"><rect x=\"{N(plotLeft)}\" y=\"{N(plotTop - 2)}\" width=\"{N(plotWidth + 4)}\" height=\"{N(plotHeight + 4)}\"/></clipPath><g clip-path=\"url(#{id})\">\n");
        foreach (var (points, colour, smooth) in curves.Where(curve => curve.Smooth))
        {
            Line(points, colour, "raw");
        }

        foreach (var (points, colour, smooth) in curves)
        {
            Line(smooth ? CurveShape.Smoothed(points) : points, colour, "line");
            if (!smooth && points.Count <= MostMarks)
            {
                foreach (var point in points.Where(point => double.IsFinite(point.Value)))
                {
                    svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{N(X(point.Step))}\" cy=\"{N(Y(point.Value))}\" r=\"{(points.Count > 20 ? 1.5 : 2.5)}\" fill=\"{colour}\"/>\n");
                }
            }
        }

        svg.Append("</g></g>\n");

        void Axes()
        {
            var ticks = AxisTicks.Between(bottom, top, wanted);
            var step = ticks.Length > 1 ? ticks[1] - ticks[0] : top - bottom;
            var largest = Math.Max(Math.Abs(bottom), Math.Abs(top));
            foreach (var tick in ticks)
            {
                svg.Append(CultureInfo.InvariantCulture, $"<path class=\"grid\" d=\"M{N(plotLeft)} {N(Y(tick))}h{N(plotWidth)}\"/><text class=\"tick\" text-anchor=\"end\" x=\"{N(plotLeft - 7)}\" y=\"{N(Y(tick) + 4)}\">{AxisTicks.Text(tick, step, largest)}</text>\n");
            }

            var steps = AxisTicks.Between(first, last, Math.Max(2, (int)(plotWidth / 90))).Where(tick => tick == Math.Floor(tick)).ToArray();
            var stride = steps.Length > 1 ? steps[1] - steps[0] : last;
            foreach (var tick in steps)
            {
                svg.Append(CultureInfo.InvariantCulture, $"<path class=\"axis\" d=\"M{N(X(tick))} {N(plotTop + plotHeight)}v4\"/><text class=\"tick\" text-anchor=\"middle\" x=\"{N(X(tick))}\" y=\"{N(plotTop + plotHeight + 18)}\">{AxisTicks.Text(tick, stride, last)}</text>\n");
            }

            svg.Append(CultureInfo.InvariantCulture, $"<path class=\"axis\" d=\"M{N(plotLeft)} {N(plotTop + plotHeight)}h{N(plotWidth)}\"/>\n");
        }

        void Line(IReadOnlyList<CurvePoint> points, string colour, string kind)
        {
            var (path, drawing) = (new StringBuilder(), false);
            foreach (var point in CurveShape.Thinned(points, MostPoints))
            {
                var finite = double.IsFinite(point.Value);
                if (finite)
                {
                    path.Append(CultureInfo.InvariantCulture, $"{(drawing ? 'L' : 'M')}{N(X(point.Step))} {N(Y(point.Value))}");
                }

                drawing = finite;
            }

            if (path.Length > 0)
            {
                svg.Append(CultureInfo.InvariantCulture, $"<path class=\"{kind}\" stroke=\"{colour}\" d=\"{path}\"/>\n");
            }
        }
    }

    private static (double Least, double Most)? Full(IEnumerable<CurvePoint> points)
        => points.Select(point => point.Value).Where(double.IsFinite).ToArray() is { Length: > 0 } values ? (values.Min(), values.Max()) : null;

    // A tenth of a unit is finer than any screen; a spike outside the frame may be far away.
    private static string N(double value) => Math.Clamp(value, -1e5, 1e5).ToString("0.#", CultureInfo.InvariantCulture);
}
