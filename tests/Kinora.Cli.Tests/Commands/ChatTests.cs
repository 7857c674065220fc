namespace Kinora.Cli.Tests.Commands;

/// <summary><c>kinora chat</c> with lines piped in.</summary>
public sealed class ChatTests
{
    private const string Question = "How many toys are there at the start?";

    [Fact]
    public void Questions_are_answered_one_a_line()
    {
        var outcome = Chat($"{Question}\nWhat happens in the video?\n/quit\n", Repository.Clip(0), "--model", Repository.Model).Expect(0);
        Assert.Equal(2, Answers(outcome).Length);
        Assert.Equal(Repository.GoldenText("toybox-00-q0"), Answers(outcome)[0]);
        Assert.Equal($"[{Repository.Clip(0)}: 8 frames from 0.00 s to 2.00 s]", outcome.ErrorLine);
    }

    [Fact]
    public void Empty_lines_ask_nothing_and_the_end_of_input_is_an_end()
        => Assert.Equal(Repository.RecordedText(0, Question) + "\n", Chat($"\n   \n\t\n{Question}", Repository.Example(0)).Expect(0).Out);

    [Fact]
    public void Nothing_behind_quit_is_read()
        => Assert.Empty(Chat($"/quit\n{Question}\n", Repository.Example(0)).Expect(0).Out);

    [Fact]
    public void Another_video_begins_anew_whatever_quotation_marks_stand_around_it()
    {
        using var folder = new TemporaryDirectory();
        var spaced = folder.Copy(Repository.Example(0), "my clip.mp4");
        var outcome = Chat($"Describe the video in detail.\n/video \"{spaced}\"\nDescribe the video in detail.\n/video {spaced}\n{Question}\n", Repository.Example(4)).Expect(0);
        Assert.Equal([Repository.RecordedText(4), Repository.RecordedText(0), Repository.RecordedText(0, Question)], Answers(outcome));
    }

    [Fact]
    public void A_video_that_can_not_be_read_leaves_the_conversation_as_it_was()
    {
        var outcome = Chat($"/video /nowhere.mp4\n/video\n{Question}\n", Repository.Example(0)).Expect(1);
        Assert.Equal([Repository.RecordedText(0, Question)], Answers(outcome));
        Assert.Contains("kinora: /nowhere.mp4: there is no such file", outcome.Err, StringComparison.Ordinal);
        Assert.Contains("kinora: /video needs a path", outcome.Err, StringComparison.Ordinal);
    }

    [Fact]
    public void Frames_can_be_changed_and_nonsense_changes_nothing()
    {
        var outcome = Chat("/frames 3\n/frames x\n/frames 0\n/frames 5000\n/frames\n", Repository.Example(0)).Expect(1);
        Assert.Contains(": 3 frames from", outcome.Err, StringComparison.Ordinal);
        Assert.Equal(4, outcome.Err.Split('\n').Count(line => line.StartsWith("kinora: /frames ", StringComparison.Ordinal)));
        Assert.DoesNotContain("--frames", outcome.Err, StringComparison.Ordinal);
    }

    [Fact]
    public void Reset_forgets_what_was_said()
    {
        var outcome = Chat($"Describe the video in detail.\n/reset\n{Question}\n", Repository.Example(0)).Expect(0);
        Assert.Equal([Repository.RecordedText(0), Repository.RecordedText(0, Question)], Answers(outcome));
        Assert.Contains("[the conversation starts anew]", outcome.Err, StringComparison.Ordinal);
    }

    [Fact]
    public void Saved_conversation_holds_questions_and_answers()
    {
        using var folder = new TemporaryDirectory();
        var outcome = Chat($"{Question}\n/save {folder.File("talk.txt")}\n", Repository.Example(0)).Expect(0);
        Assert.Equal($"Input: {Repository.Example(0)}\n\nUser: {Question}\nModel: {Repository.RecordedText(0, Question)}\n\n", File.ReadAllText(folder.File("talk.txt")));
        Assert.Contains("[saved 1 question with the answers to", outcome.Err, StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Saving_where_it_can_not_be_is_told_and_the_chat_goes_on()
    {
        using var folder = new TemporaryDirectory();
        var clip = folder.Copy(Repository.Example(0), "clip.mp4");
        var outcome = Chat($"/save\n/save /dev/null/x\n/save {clip}\n{Question}\n", clip).Expect(1);
        Assert.Equal(3, outcome.Err.Split('\n').Count(line => line.StartsWith("kinora: ", StringComparison.Ordinal)));
        Assert.Equal([Repository.RecordedText(0, Question)], Answers(outcome));
        Assert.Equal(File.ReadAllBytes(Repository.Example(0)), File.ReadAllBytes(clip));
    }

    [Fact]
    public void Help_lists_the_commands_and_unknown_ones_are_told()
    {
        var outcome = Chat("/help\n/dance\n", Repository.Example(0)).Expect(1);
        Assert.All(["/video", "/frames", "/reset", "/save", "/help", "/quit"], command => Assert.Contains($"  {command} ", outcome.Err, StringComparison.Ordinal));
        Assert.Contains("kinora: /dance is no command; /help lists them.", outcome.Err, StringComparison.Ordinal);
        Assert.Empty(outcome.Out);
    }

    [Fact]
    public void Without_an_input_it_says_how_to_open_one()
    {
        var outcome = Chat($"/video {Repository.Example(0)}\n{Question}\n").Expect(0);
        Assert.Contains("/video PATH", outcome.Err, StringComparison.Ordinal);
        Assert.Equal([Repository.RecordedText(0, Question)], Answers(outcome));
    }

    [Fact]
    public void A_broken_first_input_ends_it() => Chat(Question, Repository.Video("zero_byte.mp4")).ExpectError(1, "zero_byte.mp4", "empty");

    [Fact]
    public void Control_characters_of_a_question_never_come_back()
    {
        var outcome = Chat("/\u001b[31mred\n/video \u001b[31m.mp4\nWhat\u001b[31m?\n", Repository.Example(0));
        Assert.DoesNotContain(outcome.Out + outcome.Err, character => char.IsControl(character) && character != '\n');
    }

    private static Outcome Chat(string input, params string[] arguments) => KinoraProcess.RunWith(input, null, ["chat", .. arguments]);

    private static string[] Answers(Outcome outcome) => outcome.Out.Split('\n')[..^1];
}
