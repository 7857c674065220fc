using System.Globalization;

namespace Kinora.Media;

/// <summary>Chooses the stream to read and says what the header tells about it.</summary>
internal static class StreamChoice
{
    /// <summary>Never an attached picture; a default stream before others, then the largest, then the first.</summary>
    /// <exception cref="MediaException">The file has no stream of moving pictures.</exception>
    public static MediaInfo Describe(SourceFile file, ProbeReport report)
    {
        var stream = report.Streams
            .Where(s => s.GetValueOrDefault("disposition:attached_pic") != "1" && Whole(s, "width") > 0 && Whole(s, "height") > 0)
            .OrderByDescending(s => s.GetValueOrDefault("disposition:default") == "1")
            .ThenByDescending(s => (long)Whole(s, "width") * Whole(s, "height"))
            .ThenBy(s => Whole(s, "index"))
            .FirstOrDefault()
            ?? throw new MediaException(file.Path, report.Streams.Count == 0
                ? "it holds no video, perhaps only sound; name a file with pictures."
                : report.Reason is { } reason ? reason + "."
                : file.Container.Kind == MediaKind.Video ? "it holds no readable video; convert it to H.264 or copy it again."
                : "it holds no readable picture; its header is damaged; save or copy it again.");
        var (width, height) = (Whole(stream, "width"), Whole(stream, "height"));
        var rotation = Rotation(stream);
        var sideways = rotation is 90 or 270;
        var aspect = Rational.Parse(stream.GetValueOrDefault("sample_aspect_ratio"));
        aspect = aspect is { Numerator: > 0, Denominator: > 0 } ? aspect : new Rational(1, 1);
        var rate = Rational.Parse(stream.GetValueOrDefault("avg_frame_rate"));
        rate = rate is { Numerator: > 0, Denominator: > 0 } ? rate : default;
        var displayWidth = (int)Math.Clamp(Math.Round(width * aspect.Value, MidpointRounding.AwayFromZero), 1, int.MaxValue);
        var pixelFormat = stream.GetValueOrDefault("pix_fmt", "");
        var rgb = pixelFormat.Contains("rgb", StringComparison.Ordinal) || pixelFormat.Contains("bgr", StringComparison.Ordinal)
            || pixelFormat.StartsWith("gbr", StringComparison.Ordinal) || pixelFormat is "pal8" or "argb" or "abgr";
        var count = Whole(stream, "nb_frames");
        return new MediaInfo
        {
            Path = file.Path,
            Kind = file.Container.Kind,
            Container = file.Container.Name,
            Codec = stream.GetValueOrDefault("codec_name", ""),
            PixelFormat = pixelFormat,
            StreamIndex = Whole(stream, "index"),
            CodedWidth = width,
            CodedHeight = height,
            Width = sideways ? height : width,
            Height = sideways ? width : height,
            DisplayWidth = sideways ? height : displayWidth,
            DisplayHeight = sideways ? displayWidth : height,
            Rotation = rotation,
            SampleAspectRatio = aspect,
            ColourMatrix = rgb ? "rgb" : Matrix(stream.GetValueOrDefault("color_space", "")),
            ColourRange = rgb || pixelFormat.StartsWith("yuvj", StringComparison.Ordinal) || stream.GetValueOrDefault("color_range") == "pc" ? "full" : "limited",
            AverageRate = rate,
            TimeBase = Rational.Parse(stream.GetValueOrDefault("time_base")),
            Duration = Seconds(report.Format, "duration") ?? Seconds(stream, "duration"),
            StartTime = Seconds(report.Format, "start_time") ?? 0,
            HeaderFrameCount = count > 0 && file.Container.Kind == MediaKind.Video ? count : null,
        };
    }

    // ffprobe counts the turn of the picture counter-clockwise; odd angles are left alone, as a player would show them uncropped.
    private static int Rotation(Dictionary<string, string> stream)
    {
        var clockwise = (((-Whole(stream, "rotation")) % 360) + 360) % 360;
        return clockwise % 90 == 0 ? clockwise : 0;
    }

    private static string Matrix(string space) => space switch
    {
        "" or "unknown" or "smpte170m" or "bt470bg" => "bt601",
        "bt2020nc" or "bt2020c" => "bt2020",
        "gbr" => "rgb",
        _ => space,
    };

    private static int Whole(Dictionary<string, string> row, string key)
        => int.TryParse(row.GetValueOrDefault(key), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static double? Seconds(Dictionary<string, string> row, string key)
        => double.TryParse(row.GetValueOrDefault(key), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;
}
