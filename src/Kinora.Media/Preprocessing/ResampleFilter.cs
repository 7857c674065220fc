namespace Kinora.Media;

/// <summary>The resampling filters of Pillow; the numbers are those that a <c>preprocessor_config.json</c> holds as <c>resample</c>.</summary>
public enum ResampleFilter
{
    /// <summary>The source pixel under the centre of the target pixel.</summary>
    Nearest = 0,

    /// <summary>Windowed sinc over three source pixels (times the reduction) to each side.</summary>
    Lanczos = 1,

    /// <summary>Triangle over one source pixel (times the reduction) to each side.</summary>
    Bilinear = 2,

    /// <summary>Cubic with a = -0.5 over two source pixels (times the reduction) to each side.</summary>
    Bicubic = 3,

    /// <summary>The mean of the source pixels whose centres the target pixel covers.</summary>
    Box = 4,
}
