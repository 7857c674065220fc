using Kinora.Toybox.World;

namespace Kinora.Training.Data.Formats;

/// <summary>
/// Plain records: <c>{"video": "a.mp4", "text": "A dog runs."}</c>. Instead of <c>video</c> there may be <c>image</c> (one or a list) or <c>frames</c> (a list or a folder),
/// and besides <c>question</c>, <c>start</c> and <c>end</c> in seconds, and <c>rejected</c>, a worse text.
/// </summary>
internal static class PlainRecord
{
    public static TrainingSample Read(RecordReader record)
    {
        IReadOnlyList<TrainingMedia> media =
            record.Has("frames") ? [MediaFields.Frames(record, "frames")] : MediaFields.VideoOrPictures(record);
        var question = record.OptionalText("question") ?? "";
        if (media.Count == 0 && question.Length == 0)
        {
            throw record.Fail("it names nothing to describe; expected video, image or frames, or a question about no picture");
        }

        if (record.OptionalWhole("seed") is { } seed && record.Has("level") && record.Has("events") && HeldOutSeeds.All.Contains(seed))
        {
            throw record.Fail($"it is the rendered clip of seed {seed}, and {HeldOutSeeds.First} to {HeldOutSeeds.Last} are kept to judge models by and never trained on; render others");
        }

        MediaMarks.Require(record, question, media.Count);
        return new TrainingSample(record.Source, media, [new TrainingTurn(MediaMarks.Remove(question), record.Answer("text"))])
        {
            Rejected = record.Has("rejected") ? record.Answer("rejected") : null,
        };
    }
}
