namespace Kinora.Training.Data.Formats;

/// <summary>PLLaVA's records: <c>{"video": "a.mp4", "QA": [{"i": "instruction", "q": "question", "a": "answer"}]}</c>, with optional <c>start</c> and <c>end</c> in seconds.</summary>
/// <remarks>Only the first turn's instruction counts, as in the published loader; a question may be empty.</remarks>
internal static class PllavaRecord
{
    public static TrainingSample Read(RecordReader record)
    {
        var media = MediaFields.VideoOrPictures(record);
        if (media.Count == 0)
        {
            throw record.Fail("it names no video and no image; expected the path of one");
        }

        var turns = record.List("QA", "a list of questions and answers");
        var instruction = turns[0].OptionalText("i");
        return new TrainingSample(record.Source, media, [.. turns.Select(turn => new TrainingTurn(turn.OptionalText("q") ?? "", turn.Answer("a")))])
        {
            System = string.IsNullOrEmpty(instruction) ? null : instruction,
        };
    }
}
