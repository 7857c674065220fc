namespace Kinora.Training.Data.Formats;

/// <summary>
/// Tarsier's records. v1: <c>{"text": {"prompt": "&lt;video&gt;\nDescribe ...", "response": "..."}, "video_file": "a.mp4"}</c>; v2: see <see cref="TarsierMessages"/>.
/// A preference pair has <c>chosen</c> and <c>rejected</c> in place of the answer.
/// </summary>
internal static class TarsierRecord
{
    private const string User = "USER:";
    private const string Assistant = "ASSISTANT:";

    public static TrainingSample Read(RecordReader record) => record.Has("messages") ? TarsierMessages.Read(record) : First(record);

    private static TrainingSample First(RecordReader record)
    {
        var text = record.At("text", "an object with prompt and response, or messages");
        IReadOnlyList<TrainingMedia> media = record.Has("video_file") ? [MediaFields.VideoOrFrames(record, "video_file", "start_time", "end_time")] : [];
        var prompt = text.Text("prompt");
        MediaMarks.Require(record, prompt, media.Count);
        var (question, begun) = Split(prompt);

        // Some benchmarks give several right answers; the first is learned.
        var answer = text.Has("chosen") ? text.Answer("chosen") : text.At("response", "a text, or a list of them").OneOrMore("a text, or a list of them")[0].Answer();
        return new TrainingSample(record.Source, media, [new TrainingTurn(question, Joined(begun, answer))])
        {
            Rejected = text.Has("rejected") ? Joined(begun, text.Answer("rejected")) : null,
        };
    }

    /// <summary>A whole prompt with its roles is taken apart, as the model's own prompt has them again; what stands behind the last role begins the answer.</summary>
    private static (string Question, string Begun) Split(string prompt)
    {
        var user = prompt.IndexOf(User, StringComparison.Ordinal);
        var assistant = prompt.LastIndexOf(Assistant, StringComparison.Ordinal);
        return user >= 0 && assistant > user
            ? (MediaMarks.Remove(prompt[(user + User.Length)..assistant]), prompt[(assistant + Assistant.Length)..].Trim())
            : (MediaMarks.Remove(prompt), "");
    }

    /// <summary>"Answer: (" and "B" are one word, "Answer: In the video," and "milk" are not.</summary>
    private static string Joined(string begun, string rest)
        => begun.Length == 0 || begun[^1] is '(' or '[' or '"' || char.IsWhiteSpace(rest[0]) ? begun + rest : $"{begun} {rest}";
}
