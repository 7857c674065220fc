using Kinora.Tensors;

namespace Kinora.Media;

/// <summary>CLIP's image processor: resize, centre crop, rescale, normalise; bit for bit what the Hugging Face one computes.</summary>
public sealed class ClipImageProcessor
{
    private const long MaxResizedPixels = 1 << 28;

    private readonly ClipImageSettings settings;

    // [3, 256]: what each byte value of each channel becomes.
    private readonly float[] table;

    /// <summary>A processor with the given settings.</summary>
    public ClipImageProcessor(ClipImageSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        this.settings = settings;
        table = new PixelValues { Rescale = settings.Rescale, RescaleFactor = settings.RescaleFactor, Normalise = settings.Normalise, Mean = settings.Mean, StandardDeviation = settings.StandardDeviation }.Table();
    }

    /// <summary>The settings in force.</summary>
    public ClipImageSettings Settings => settings;

    /// <summary>The mean colour of the training pictures, cut off to whole numbers: what squares are filled with.</summary>
    public (byte Red, byte Green, byte Blue) MeanColour => (Level(settings.Mean[0]), Level(settings.Mean[1]), Level(settings.Mean[2]));

    /// <summary>Reads a <c>preprocessor_config.json</c>; keys that it leaves out have CLIP's defaults.</summary>
    /// <exception cref="MediaException">The file can't be read, or a value has the wrong type; the message names the key.</exception>
    public static ClipImageProcessor Load(string preprocessorConfigPath)
    {
        ArgumentException.ThrowIfNullOrEmpty(preprocessorConfigPath);
        return new ClipImageProcessor(ClipImageSettingsReader.Read(preprocessorConfigPath));
    }

    /// <summary>The size that a picture of the given size comes out with.</summary>
    public (int Width, int Height) OutputSize(int width, int height)
        => settings.CentreCrop ? (settings.CropSize.Width, settings.CropSize.Height) : ResizedSize(width, height);

    /// <summary>The picture after resizing and cropping, still in bytes, [height, width, 3].</summary>
    /// <exception cref="ArgumentException">The picture isn't RGB and the settings forbid converting it.</exception>
    public Picture Crop(Picture picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        if (picture.Channels != 3 && !settings.ConvertToRgb)
        {
            throw new ArgumentException($"A picture with {picture.Channels} channels can't be used where do_convert_rgb is false.", nameof(picture));
        }

        var (width, height) = ResizedSize(picture.Width, picture.Height);
        var resized = PillowResize.Resize(picture.ToRgb(), width, height, settings.Filter);
        return settings.CentreCrop ? CropCentre(resized) : resized;
    }

    /// <summary>Prepares one picture.</summary>
    /// <param name="picture">Any size.</param>
    /// <param name="output">Receives [3, height, width]; its length must be that of <see cref="OutputSize"/>.</param>
    /// <exception cref="ArgumentException">The output has another length.</exception>
    public void Process(Picture picture, Span<float> output)
    {
        var cropped = Crop(picture);
        var plane = cropped.Width * cropped.Height;
        if (output.Length != 3 * plane)
        {
            throw new ArgumentException($"The output has room for {output.Length} values, a picture needs {3 * plane}.", nameof(output));
        }

        var pixels = cropped.Pixels;
        for (var channel = 0; channel < 3; channel++)
        {
            var values = table.AsSpan(channel * 256, 256);
            var target = output.Slice(channel * plane, plane);
            for (int at = 0, from = channel; at < target.Length; at++, from += 3)
            {
                target[at] = values[pixels[from]];
            }
        }
    }

    /// <summary>Prepares the frames of a clip, on all processors.</summary>
    /// <param name="pictures">At least one, all coming out with the same size.</param>
    /// <returns>[frames, 3, height, width] in float32; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">No picture, or sizes that differ.</exception>
    public Tensor Process(IReadOnlyList<Picture> pictures)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        if (pictures.Count == 0)
        {
            throw new ArgumentException("There is no picture to prepare.", nameof(pictures));
        }

        var (width, height) = OutputSize(pictures[0].Width, pictures[0].Height);
        if (pictures.FirstOrDefault(p => OutputSize(p.Width, p.Height) != (width, height)) is { } other)
        {
            throw new ArgumentException($"Pictures of {pictures[0].Width}x{pictures[0].Height} and {other.Width}x{other.Height} don't come out with the same size without a crop.", nameof(pictures));
        }

        var tensor = Tensor.Allocate(new Shape(pictures.Count, 3, height, width));
        try
        {
            Parallel.For(0, pictures.Count, frame => Process(pictures[frame], tensor.AsSpan().Slice(frame * 3 * height * width, 3 * height * width)));
            return tensor;
        }
        catch
        {
            tensor.Dispose();
            throw;
        }
    }

    private static byte Level(double mean) => (byte)Math.Clamp(Math.Floor(255 * mean), 0, 255);

    private (int Width, int Height) ResizedSize(int width, int height)
    {
        if (!settings.Resize)
        {
            return (width, height);
        }

        if (settings.Size is { } size)
        {
            return (size.Width, size.Height);
        }

        // The long side is cut off, not rounded.
        var edge = settings.ShortestEdge ?? 224;
        var longer = (long)edge * Math.Max(width, height) / Math.Min(width, height);
        if (longer * edge > MaxResizedPixels)
        {
            throw new ArgumentException($"A strip of {width}x{height} can't be brought to a shorter side of {edge}: its longer side would be {longer}.");
        }

        return width <= height ? (edge, (int)longer) : ((int)longer, edge);
    }

    // A crop larger than the picture gets black borders before normalisation; the odd pixel goes to the right and below.
    private Picture CropCentre(Picture picture)
    {
        var (height, width) = settings.CropSize;
        var (top, left) = (FloorHalf(picture.Height - height), FloorHalf(picture.Width - width));
        if (top >= 0 && left >= 0)
        {
            return width == picture.Width && height == picture.Height ? picture : picture.Crop(left, top, width, height);
        }

        var padded = new Picture(Math.Max(width, picture.Width), Math.Max(height, picture.Height), 3);
        var (padTop, padLeft) = ((padded.Height - picture.Height + 1) / 2, (padded.Width - picture.Width + 1) / 2);
        padded.Paste(picture, padLeft, padTop);
        (top, left) = (top + padTop, left + padLeft);
        return padded.Crop(Math.Max(0, left), Math.Max(0, top), width, height);
    }

    private static int FloorHalf(int number) => number >> 1;
}
