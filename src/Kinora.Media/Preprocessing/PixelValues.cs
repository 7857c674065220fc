namespace Kinora.Media;

/// <summary>What the image processors of CLIP and its descendants make of a byte: rescaled, then normalised by channel.</summary>
public sealed record PixelValues
{
    /// <summary><c>do_rescale</c>.</summary>
    public bool Rescale { get; init; } = true;

    /// <summary><c>rescale_factor</c>.</summary>
    public double RescaleFactor { get; init; } = 1.0 / 255.0;

    /// <summary><c>do_normalize</c>.</summary>
    public bool Normalise { get; init; } = true;

    /// <summary><c>image_mean</c>, one number per channel.</summary>
    public IReadOnlyList<double> Mean { get; init; } = [0.48145466, 0.4578275, 0.40821073];

    /// <summary><c>image_std</c>, one number per channel.</summary>
    public IReadOnlyList<double> StandardDeviation { get; init; } = [0.26862954, 0.26130258, 0.27577711];

    /// <summary>[3, 256]: the value of each byte of each channel.</summary>
    public float[] Table()
    {
        var table = new float[3 * 256];
        for (var at = 0; at < table.Length; at++)
        {
            // The rounding order of the originals: product in double, then float32 throughout.
            var value = Rescale ? (float)(at % 256 * RescaleFactor) : at % 256;
            table[at] = Normalise ? (value - (float)Mean[at / 256]) / (float)StandardDeviation[at / 256] : value;
        }

        return table;
    }

    internal static PixelValues Read(ProcessorJson json)
    {
        var absent = new PixelValues();
        return new()
        {
            Rescale = json.Flag("do_rescale", absent.Rescale),
            RescaleFactor = json.Number("rescale_factor", absent.RescaleFactor),
            Normalise = json.Flag("do_normalize", absent.Normalise),
            Mean = json.Numbers("image_mean", absent.Mean),
            StandardDeviation = json.Deviations(absent.StandardDeviation),
        };
    }
}
