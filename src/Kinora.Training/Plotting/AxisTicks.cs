using System.Globalization;

namespace Kinora.Training.Plotting;

/// <summary>Round numbers along an axis: multiples of 1, 2 or 5 times a power of ten.</summary>
internal static class AxisTicks
{
    /// <summary>The round numbers from one value to another, about as many as wanted.</summary>
    public static double[] Between(double from, double to, int wanted)
    {
        var step = RoundStep((to - from) / wanted);
        var (first, last) = (Math.Ceiling((from / step) - 1e-9), Math.Floor((to / step) + 1e-9));
        return [.. Enumerable.Range(0, (int)Math.Min(last - first + 1, 100)).Select(i => (first + i) * step)];
    }

    /// <summary>The smallest range of round numbers around two values, zero included where it is near.</summary>
    public static (double From, double To) Around(double least, double most, int wanted)
    {
        // Equal values, or values that differ by rounding only, still need a range.
        if (most - least <= 1e-9 * Math.Max(Math.Abs(least), Math.Abs(most)))
        {
            var room = least == 0 ? 1 : Math.Abs(least) / 2;
            (least, most) = (least - room, most + room);
        }

        if (least > 0 && least < 0.35 * most)
        {
            least = 0;
        }

        var step = RoundStep((most - least) / wanted);
        return (Math.Floor((least / step) + 1e-9) * step, Math.Ceiling((most / step) - 1e-9) * step);
    }

    /// <summary>A tick's text; all ticks of an axis have the same decimals.</summary>
    public static string Text(double value, double step, double largest)
    {
        if (Math.Abs(value) < step * 1e-6)
        {
            return "0";
        }

        if (largest < 1e-3 || largest >= 1e7)
        {
            return Scientific(value);
        }

        return largest >= 1e4 && step >= 1000 ? string.Create(CultureInfo.InvariantCulture, $"{value / 1000:0}k")
            : value.ToString($"F{Math.Max(0, (int)Math.Ceiling(-Math.Log10(step) - 1e-9))}", CultureInfo.InvariantCulture);
    }

    private static string Scientific(double value)
    {
        var exponent = (int)Math.Floor(Math.Log10(Math.Abs(value)) + 1e-9);
        return string.Create(CultureInfo.InvariantCulture, $"{value / Math.Pow(10, exponent):0.##}e{exponent}");
    }

    private static double RoundStep(double step)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(step)));
        return (step / power) switch { < 1.5 => 1, < 3.5 => 2, < 7.5 => 5, _ => 10 } * power;
    }
}
