namespace Kinora.Media;

/// <summary>Qwen2-VL's image processor: resize to whole merged patches, rescale, normalise, and lay the patches out as the tower takes them.</summary>
public sealed class PatchImageProcessor
{
    private readonly float[] table;

    /// <summary>A processor with the given settings.</summary>
    public PatchImageProcessor(PatchImageSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        Settings = settings;
        table = settings.Values.Table();
    }

    /// <summary>The settings in force.</summary>
    public PatchImageSettings Settings { get; }

    /// <summary>Values of a patch: 3 channels of <c>temporal_patch_size</c> squares.</summary>
    public int PatchLength => 3 * Settings.TemporalPatchSize * Settings.PatchSize * Settings.PatchSize;

    /// <summary>The size that a picture is brought to.</summary>
    /// <exception cref="ArgumentException">As <see cref="SmartResize.Fit"/>; without resizing also a size that is no multiple of the merged patch.</exception>
    public (int Width, int Height) OutputSize(int width, int height)
    {
        var factor = Settings.Factor;
        return Settings.Resize ? SmartResize.Fit(width, height, factor, Settings.LeastPixels, Settings.MostPixels)
            : width % factor == 0 && height % factor == 0 ? (width, height)
            : throw new ArgumentException($"a picture of {width}x{height} pixels is no whole number of patches, whose merged side is {factor} pixels; bring it to a multiple, or let the model resize it (do_resize in preprocessor_config.json)");
    }

    /// <summary>Lays one step of time out in patches.</summary>
    /// <param name="pictures">As many as a patch goes through, in the order of time; the same one several times is a still. Any size, any channels.</param>
    /// <param name="width">The width that they are brought to, a multiple of the merged patch.</param>
    /// <param name="height">The height that they are brought to, likewise.</param>
    /// <param name="patches">
    /// Receives [patches, 3, temporal, patch, patch]: the patches that become one token stand together, row by row, and these groups again row by row.
    /// </param>
    /// <exception cref="ArgumentException">Another number of pictures or values.</exception>
    public void Process(ReadOnlySpan<Picture> pictures, int width, int height, Span<float> patches)
    {
        var (side, merge, time) = (Settings.PatchSize, Settings.MergeSize, Settings.TemporalPatchSize);
        var (rows, columns) = (height / side, width / side);
        if (pictures.Length != time || patches.Length != (long)rows * columns * PatchLength)
        {
            throw new ArgumentException($"{pictures.Length} pictures and {patches.Length} values are no step of {time} pictures in {rows}x{columns} patches of {PatchLength} values.", nameof(patches));
        }

        for (var t = 0; t < time; t++)
        {
            if (t > 0 && pictures[t] == pictures[t - 1])
            {
                Repeat(patches, t);
                continue;
            }

            var pixels = PillowResize.Resize(pictures[t].ToRgb(), width, height, Settings.Filter).Pixels;
            var patch = 0;
            for (var group = 0; group < rows * columns / (merge * merge); group++)
            {
                var (firstRow, firstColumn) = (group / (columns / merge) * merge, group % (columns / merge) * merge);
                for (var place = 0; place < merge * merge; place++, patch++)
                {
                    var (row, column) = (firstRow + (place / merge), firstColumn + (place % merge));
                    Cut(pixels, ((row * side * width) + (column * side)) * 3, width, patches.Slice(patch * PatchLength, PatchLength), t);
                }
            }
        }
    }

    /// <summary>One picture's share of a patch.</summary>
    private void Cut(byte[] pixels, int corner, int width, Span<float> patch, int t)
    {
        var (side, time) = (Settings.PatchSize, Settings.TemporalPatchSize);
        for (var channel = 0; channel < 3; channel++)
        {
            var values = table.AsSpan(channel * 256, 256);
            var square = patch.Slice(((channel * time) + t) * side * side, side * side);
            for (var line = 0; line < side; line++)
            {
                var from = corner + (line * width * 3) + channel;
                foreach (ref var value in square.Slice(line * side, side))
                {
                    value = values[pixels[from]];
                    from += 3;
                }
            }
        }
    }

    /// <summary>A picture that is the same as the one before.</summary>
    private void Repeat(Span<float> patches, int t)
    {
        var (square, time) = (Settings.PatchSize * Settings.PatchSize, Settings.TemporalPatchSize);
        for (var at = t * square; at < patches.Length; at += time * square)
        {
            patches.Slice(at - square, square).CopyTo(patches.Slice(at, square));
        }
    }
}
