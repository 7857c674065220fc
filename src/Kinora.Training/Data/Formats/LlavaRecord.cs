namespace Kinora.Training.Data.Formats;

/// <summary>LLaVA's conversations: <c>{"image": "a.jpg", "conversations": [{"from": "human", "value": "&lt;image&gt;\n..."}, {"from": "gpt", "value": "..."}]}</c>.</summary>
/// <remarks>As in LLaVA's own loader, an answer that stands before the first question is left out. A record without picture or video is one of text only.</remarks>
internal static class LlavaRecord
{
    public static TrainingSample Read(RecordReader record)
    {
        var media = MediaFields.VideoOrPictures(record);
        var entries = record.List("conversations", "a list of questions and answers");
        var (system, turns, asked) = ((string?)null, new List<TrainingTurn>(), (string?)null);
        for (var i = 0; i < entries.Count; i++)
        {
            switch (entries[i].Text("from"))
            {
                case "system" when i == 0:
                    system = entries[i].Text("value");
                    break;
                case "human" or "user" when asked is null:
                    var question = entries[i].Text("value");
                    MediaMarks.Require(record, question, media.Count);
                    asked = MediaMarks.Remove(question);
                    break;
                case "gpt" or "assistant" when asked is not null:
                    turns.Add(new TrainingTurn(asked, entries[i].Answer("value")));
                    asked = null;
                    break;
                case "gpt" or "assistant" when turns.Count == 0:
                    break;
                default:
                    throw entries[i].At("from", "").Wrong("human and gpt in turn");
            }
        }

        return asked is null && turns.Count > 0
            ? new TrainingSample(record.Source, media, turns) { System = system }
            : throw record.Fail("conversations ends with a question; expected an answer from gpt after every question");
    }
}
