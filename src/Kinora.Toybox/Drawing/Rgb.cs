namespace Kinora.Toybox.Drawing;

/// <summary>A colour of 8-bit samples.</summary>
internal readonly record struct Rgb(byte Red, byte Green, byte Blue)
{
    /// <summary>This colour with a share, 0 to 1, of another.</summary>
    public Rgb Mixed(Rgb other, double share)
    {
        return new(Mix(Red, other.Red), Mix(Green, other.Green), Mix(Blue, other.Blue));

        byte Mix(byte one, byte two) => (byte)Math.Round(one + ((two - one) * share));
    }
}
