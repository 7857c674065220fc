using System.Globalization;

namespace Kinora.Training.Data.Formats;

/// <summary>
/// ShareGPT4Video's captions: <c>{"video_path": "a.mp4", "captions": [{"idx": "0", "content": "..."}, {"idx": "-1", "content": "the whole video"}]}</c>, of which the caption of the
/// whole video is learned, and the exports for text-to-video <c>{"path": "a.mp4", "cap": "..."}</c>. What is asked is the model's own request for a description.
/// </summary>
internal static class ShareGpt4VideoRecord
{
    public static TrainingSample Read(RecordReader record) => record.Has("captions") ? Captions(record) : Export(record);

    private static TrainingSample Captions(RecordReader record)
    {
        // The summary stands last in published files, but it is its number that says so; some writers have it as a number.
        var whole = record.List("captions", "a list of captions").FirstOrDefault(caption => IsWhole(caption.At("idx", "a number")))
            ?? throw record.Fail("its captions have none of the whole video; expected one with idx \"-1\"");
        return new TrainingSample(record.Source, [MediaFields.Video(record, record.Has("video_path") ? "video_path" : "path")], [new TrainingTurn("", whole.Answer("content"))]);
    }

    private static TrainingSample Export(RecordReader record)
    {
        var caption = record.At("cap", "a caption").OneOrMore("a caption, or a list of them")[0].Answer();
        var media = MediaFields.Video(record, "path");
        return new TrainingSample(record.Source, [record.Has("frame_idx") ? Part(record, media) : media], [new TrainingTurn("", caption)]);
    }

    /// <summary>Frame numbers mean a time only with a rate beside them.</summary>
    private static TrainingMedia Part(RecordReader record, TrainingMedia media)
    {
        var ends = record.Text("frame_idx").Split(':');
        var rate = record.Seconds("fps") ?? 0;
        return ends.Length == 2 && Number(ends[0]) is { } first && Number(ends[1]) is { } last && first < last && rate > 0
            ? media with { Start = first / rate, End = last / rate }
            : throw record.At("frame_idx", "").Wrong("\"first:last\" with the frame rate under fps, else frame numbers say no time; add fps or remove frame_idx");
    }

    private static int? Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static bool IsWhole(RecordReader index) => index.IsText ? index.Text() == "-1" : index.IsNumber(-1);
}
