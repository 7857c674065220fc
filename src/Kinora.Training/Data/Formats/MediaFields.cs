namespace Kinora.Training.Data.Formats;

/// <summary>Reads which pictures and videos a record names.</summary>
internal static class MediaFields
{
    private const string Expected = "a path, or a list of paths";

    /// <summary>The part of interest; its seconds may be absent.</summary>
    /// <exception cref="TrainingDataException">It ends before it starts.</exception>
    public static TrainingMedia Video(RecordReader record, string key, string start = "start", string end = "end")
        => Part(record, new TrainingMedia(TrainingMediaKind.Video, [record.At(key, "the path of a video").MediaPath()]), start, end);

    /// <summary>A video, or a list of pictures that are its frames.</summary>
    public static TrainingMedia VideoOrFrames(RecordReader record, string key, string start, string end)
        => record.At(key, Expected) is { IsText: false } ? Frames(record, key) : Video(record, key, start, end);

    /// <summary>Pictures, each for itself.</summary>
    public static IEnumerable<TrainingMedia> Pictures(RecordReader record, string key)
        => record.At(key, Expected).OneOrMore(Expected).Select(path => new TrainingMedia(TrainingMediaKind.Picture, [path.MediaPath()]));

    /// <summary>Pictures in the order of time, or a folder of them.</summary>
    public static TrainingMedia Frames(RecordReader record, string key)
        => record.At(key, Expected) is { IsText: true } folder
            ? new TrainingMedia(TrainingMediaKind.Video, [folder.MediaPath()])
            : new TrainingMedia(TrainingMediaKind.Frames, [.. record.List(key, Expected).Select(path => path.MediaPath())]);

    /// <summary>A <c>video</c> or one or more of <c>image</c>, as LLaVA and PLLaVA name them; nothing if neither is there.</summary>
    public static IReadOnlyList<TrainingMedia> VideoOrPictures(RecordReader record)
        => record.Has("video") ? [VideoOrFrames(record, "video", "start", "end")] : record.Has("image") ? [.. Pictures(record, "image")] : [];

    private static TrainingMedia Part(RecordReader record, TrainingMedia media, string startKey, string endKey)
    {
        var (start, end) = (record.Seconds(startKey), record.Seconds(endKey));
        return end is null || end > (start ?? 0)
            ? media with { Start = start, End = end }
            : throw record.At(endKey, "").Wrong($"a number above {startKey} ({start ?? 0})");
    }
}
