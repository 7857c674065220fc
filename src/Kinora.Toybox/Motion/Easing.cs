namespace Kinora.Toybox.Motion;

/// <summary>How far something is, of how much of its time is over.</summary>
internal static class Easing
{
    /// <summary>Starts and ends at rest: p * p * (3 - 2p) for p from 0 to 1.</summary>
    public static double Smooth(double p) => p * p * (3 - (2 * p));

    /// <summary>
    /// The sine of pi * k for k from 0 to 1, within 0.00003: <see cref="Math.Sin"/> may differ from machine to machine in its last bit, and a clip mustn't.
    /// </summary>
    public static double HalfWave(double k)
    {
        // With u = 4k(1 - k) the sine is even around its top. The polynomial has its slope at the ends, and its value there, at a quarter and at the top.
        var u = 4 * k * (1 - k);
        return u * (0.7853981634 + (u * (0.1957191738 + (u * 0.0188826628))));
    }
}
