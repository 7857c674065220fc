namespace Kinora.Media;

/// <summary>The settings of CLIP's image processor, with the defaults that hold for keys which a <c>preprocessor_config.json</c> leaves out.</summary>
public sealed record ClipImageSettings
{
    /// <summary><c>do_resize</c>.</summary>
    public bool Resize { get; init; } = true;

    /// <summary><c>size.shortest_edge</c>: the shorter side after resizing; null if <see cref="Size"/> is given.</summary>
    public int? ShortestEdge { get; init; } = 224;

    /// <summary><c>size.height</c> and <c>size.width</c>: the exact size after resizing.</summary>
    public (int Height, int Width)? Size { get; init; }

    /// <summary><c>resample</c>.</summary>
    public ResampleFilter Filter { get; init; } = ResampleFilter.Bicubic;

    /// <summary><c>do_center_crop</c>.</summary>
    public bool CentreCrop { get; init; } = true;

    /// <summary><c>crop_size</c>.</summary>
    public (int Height, int Width) CropSize { get; init; } = (224, 224);

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

    /// <summary><c>do_convert_rgb</c>: grey and transparent pictures become RGB; false expects RGB.</summary>
    public bool ConvertToRgb { get; init; } = true;
}
