using System.Text;

namespace Kinora.Training.Data.Formats;

/// <summary>
/// Tarsier2's records: <c>{"messages": [{"role": "user", "content": [{"type": "video", "video": {"video_file": "a.mp4"}}, {"type": "text", "text": "..."}]}, {"role": "assistant", "content": [...]}]}</c>.
/// </summary>
/// <remarks>
/// Messages of one role in a row are one. A text part of an answer is what is there first: <c>chosen</c>, a <c>text</c> that isn't empty, <c>reference</c>; only the
/// last answer may have a <c>rejected</c> one.
/// </remarks>
internal static class TarsierMessages
{
    // They choose or change frames in ways that this trainer doesn't have; leaving them out would train on other pictures than the record means.
    private static readonly string[] refused = ["frame_indices", "start_frame", "end_frame", "time_indices", "fps", "mask_boxes"];

    public static TrainingSample Read(RecordReader record)
    {
        var (media, turns, system) = (new List<TrainingMedia>(), new List<TrainingTurn>(), new StringBuilder());
        var (question, answer, rejected) = ((StringBuilder?)null, (StringBuilder?)null, (StringBuilder?)null);
        foreach (var message in record.List("messages", "a list of messages"))
        {
            switch (message.Text("role"))
            {
                case "system" when question is null && turns.Count == 0:
                    Parts(message, part => system.Append(part.Text("text")));
                    break;
                case "user":
                    Close();
                    question ??= new StringBuilder();
                    Parts(message, part => question.Append(part.OptionalText("text")));
                    break;
                case "assistant" when question is not null:
                    (answer, rejected) = (answer ?? new StringBuilder(), rejected ?? new StringBuilder());
                    Parts(message, part => Append(part, answer, rejected));
                    break;
                default:
                    throw message.At("role", "").Wrong("user and assistant in turn, with a system text only at the start");
            }
        }

        var worse = rejected?.ToString();
        Close();
        return question is null && turns.Count > 0
            ? new TrainingSample(record.Source, media, turns)
            {
                System = system.Length > 0 ? system.ToString() : null,
                Rejected = worse == turns[^1].Answer ? null : worse,
            }
            : throw record.Fail("messages ends with a question; expected an answer of the assistant after every question");

        void Parts(RecordReader message, Action<RecordReader> text)
        {
            const string Expected = "a list of parts";
            foreach (var part in message.At("content", Expected).OneOrMore(Expected))
            {
                switch (part.Text("type"))
                {
                    case "text":
                        text(part);
                        break;
                    case "image":
                        media.AddRange(Picture(part.At("image", "an object with image_file")));
                        break;
                    case "video":
                        media.Add(Video(part.At("video", "an object with video_file")));
                        break;
                    default:
                        throw part.At("type", "").Wrong("text, image or video");
                }
            }
        }

        void Close()
        {
            if (question is not null && answer is not null)
            {
                var said = answer.ToString();
                turns.Add(!string.IsNullOrWhiteSpace(said) ? new TrainingTurn(MediaMarks.Remove(question.ToString()), said) : throw record.Fail("an answer in messages is empty; expected a text, a reference, or chosen and rejected"));
                (question, answer, rejected) = (null, null, null);
            }
        }
    }

    private static void Append(RecordReader part, StringBuilder answer, StringBuilder rejected)
    {
        var said = part.OptionalText("chosen") ?? (part.OptionalText("text") is { Length: > 0 } text ? text : part.OptionalText("reference"));
        answer.Append(said);
        rejected.Append(part.Has("rejected") ? part.Answer("rejected") : said);
    }

    private static IEnumerable<TrainingMedia> Picture(RecordReader image)
    {
        Refuse(image);
        return MediaFields.Pictures(image, "image_file");
    }

    private static TrainingMedia Video(RecordReader video)
    {
        Refuse(video);
        return video.Has("image_file") ? MediaFields.Frames(video, "image_file") : MediaFields.VideoOrFrames(video, "video_file", "start_time", "end_time");
    }

    private static void Refuse(RecordReader media)
    {
        if (Array.Find(refused, media.Has) is { } key)
        {
            throw media.At(key, "").Wrong("no such key, since frames are chosen uniformly here; use start_time and end_time, or image_file with the frames themselves");
        }
    }
}
