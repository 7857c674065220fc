namespace Kinora.Training.Data.Formats;

/// <summary>The marks for pictures inside texts. Where they stand doesn't matter: the model's prompt puts pictures before the first question.</summary>
internal static class MediaMarks
{
    private static readonly string[] marks = ["<image>", "<video>"];

    /// <summary>The text without marks and without blanks around what is left.</summary>
    public static string Remove(string text)
    {
        foreach (var mark in marks)
        {
            text = text.Replace(mark, "", StringComparison.Ordinal);
        }

        return text.Trim();
    }

    /// <summary>Refuses a text that speaks of pictures which the record doesn't name.</summary>
    /// <exception cref="TrainingDataException">It does.</exception>
    public static void Require(RecordReader record, string text, int media)
    {
        if (media == 0 && Array.Find(marks, mark => text.Contains(mark, StringComparison.Ordinal)) is { } mark)
        {
            throw record.Fail($"its text has the mark {mark} but it names no picture or video; add the key that names it, or remove the mark");
        }
    }
}
