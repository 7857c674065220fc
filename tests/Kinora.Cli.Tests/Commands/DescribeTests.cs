using System.Text.RegularExpressions;
using Kinora.Media;

namespace Kinora.Cli.Tests.Commands;

/// <summary><c>kinora describe</c>: texts, options, kinds of input.</summary>
public sealed partial class DescribeTests
{
    private const string Note = "Note: the small model ";
    private const string Question = "How many toys are there at the start?";

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(11)]
    public void Text_is_what_the_shipped_model_said_when_it_was_recorded(int clip)
    {
        var outcome = KinoraProcess.Run("describe", Repository.Example(clip)).Expect(0);
        Assert.Equal(Repository.RecordedText(clip) + "\n", outcome.Out);
        Assert.Matches(@"^\[8 frames decoded in [0-9.]+ s, encoded in [0-9.]+ s \([0-9.]+/s\); [0-9]+ tokens read in [0-9.]+ s \([0-9.]+/s\), [0-9]+ written in [0-9.]+ s \([0-9.]+/s\)\]( The text was cut at --max-tokens 512\.)?$", outcome.ErrorLine);
    }

    [Fact]
    public void Several_inputs_are_told_apart_and_a_broken_one_costs_only_itself()
    {
        var outcome = KinoraProcess.Run("describe", Repository.Example(4), Repository.Video("zero_byte.mp4"), Repository.Example(0)).Expect(1);
        Assert.Equal($"{Repository.Example(4)}: {Repository.RecordedText(4)}\n{Repository.Example(0)}: {Repository.RecordedText(0)}\n", outcome.Out);
        Assert.Single(outcome.Err.Split('\n'), line => line.StartsWith("kinora: ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_question_takes_the_place_of_the_request_for_a_description()
        => Assert.Equal(Repository.RecordedText(0, Question) + "\n", KinoraProcess.Run("describe", Repository.Example(0), "--prompt", Question).Expect(0).Out);

    [Fact]
    public void Frames_used_are_listed_with_their_times()
    {
        var outcome = KinoraProcess.Run("describe", Repository.Clip(0), "--show-frames", "--max-tokens", "2").Expect(0);
        Assert.Equal(
            [0, 0.25, 0.583, 0.833, 1.167, 1.417, 1.75, 2],
            TimesShown().Matches(outcome.Err).Select(match => double.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task Contact_sheet_is_a_picture_of_all_frames_in_a_folder_that_need_not_exist()
    {
        using var folder = new TemporaryDirectory();
        var sheet = folder.File("new", "sheet.png");
        KinoraProcess.Run("describe", Repository.Clip(4), "--contact-sheet", sheet, "--max-tokens", "1").Expect(0);
        var picture = await new MediaReader().ReadPictureAsync(sheet);
        Assert.True(picture.Width > 3 * 128 && picture.Height > 3 * 128, $"{picture.Width}x{picture.Height}");
        Assert.Equal([sheet], Directory.GetFiles(folder.File("new")));
    }

    [Fact]
    public void Contact_sheet_of_several_inputs_is_refused()
        => KinoraProcess.Run("describe", Repository.Clip(4), Repository.Clip(0), "--contact-sheet", "x.png").ExpectError(2, "--contact-sheet", "one INPUT");

    [Theory]
    [InlineData("every:1", "", 0.0, 1.0, 2.0, 3.0)]
    [InlineData("every:1", "--frames 2", 0.0, 1.0)]
    [InlineData("at:3,0.5", "", 3.0, 0.5)]
    [InlineData("segments", "--frames 2", 0.917, 2.917)]
    [InlineData("uniform", "--frames 3", 0.0, 1.917, 3.833)]
    [InlineData("uniform", "--frames 2 --start 1 --end 0:02", 1.0, 2.0)]
    [InlineData("every:0.5", "--start 00:01 --end 2", 1.0, 1.5)]
    public void Frames_follow_the_rule(string rule, string more, params double[] times)
    {
        var outcome = KinoraProcess.Run(["describe", Repository.Clip(4), "--max-tokens", "1", "--show-frames", "--frames-by", rule, .. more.Split(' ', StringSplitOptions.RemoveEmptyEntries)]).Expect(0);
        Assert.Equal(times, TimesShown().Matches(outcome.Err).Select(match => double.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Beams_give_the_text_in_one_piece()
        => Assert.Equal(Repository.GoldenText("toybox-04") + "\n", KinoraProcess.Run("describe", Repository.Clip(4), "--model", Repository.Model, "--beams", "2").Expect(0).Out);

    [Fact]
    public void Drawing_is_repeatable_with_a_seed_and_changes_with_it()
    {
        string Draw(string seed) => KinoraProcess.Run("describe", Repository.Clip(4), "--model", Repository.Model, "--temperature", "2", "--top-k", "50", "--top-p", "0.99", "--seed", seed, "--max-tokens", "40").Expect(0).Out;
        var first = Draw("7");
        Assert.Equal(first, Draw("7"));
        Assert.NotEqual(first, Draw("8"));
    }

    [Fact]
    public void Text_is_cut_at_the_most_tokens_and_that_is_said()
    {
        var outcome = KinoraProcess.Run("describe", Repository.Clip(4), "--model", Repository.Model, "--max-tokens", "5").Expect(0);
        Assert.Equal("A small orange boat and\n", outcome.Out);
        Assert.EndsWith("The text was cut at --max-tokens 5.", outcome.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_ends_before_a_stop_text()
        => Assert.Equal("A small orange boat and a big orange ball are in a\n", KinoraProcess.Run("describe", Repository.Clip(4), "--model", Repository.Model, "--stop", " meadow").Expect(0).Out);

    [Fact]
    public void Whoever_shows_no_toybox_clip_is_told_once_what_the_small_model_knows()
    {
        var outcome = KinoraProcess.Run("describe", Repository.Video("animated.gif"), Repository.Image("gray.png"), "--max-tokens", "3").Expect(0);
        Assert.Single(outcome.Err.Split('\n'), line => line.StartsWith(Note, StringComparison.Ordinal) && line.Contains(" knows only ", StringComparison.Ordinal) && line.Contains("--model", StringComparison.Ordinal));
        Assert.Contains("[1 frame decoded", outcome.Err, StringComparison.Ordinal);
        Assert.Equal(2, outcome.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public void Real_checkpoints_have_no_such_note()
        => Assert.DoesNotContain("Note:", KinoraProcess.Run("describe", Repository.Clip(0), "--frames", "2", "--max-tokens", "2", "--model", Repository.Fixture("tarsier-34b", "checkpoint")).Expect(0).Err, StringComparison.Ordinal);

    [Fact]
    public void A_clip_of_the_right_size_at_another_rate_is_none_that_the_small_model_knows()
    {
        using var folder = new TemporaryDirectory();
        var clip = folder.File("other.mp4");
        using var ffmpeg = System.Diagnostics.Process.Start(Programs.OnPath("ffmpeg"), ["-v", "error", "-f", "lavfi", "-i", "testsrc2=size=128x128:rate=25:duration=1", clip]);
        ffmpeg.WaitForExit();
        Assert.Contains(Note, KinoraProcess.Run("describe", clip, "--max-tokens", "1").Expect(0).Err, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("f32")]
    [InlineData("bf16")]
    [InlineData("q8_0")]
    [InlineData("q4_0")]
    public void Other_formats_of_weights_describe_as_well(string format)
        => Assert.StartsWith("A ", KinoraProcess.Run("describe", Repository.Clip(0), "--model", Repository.Model, "--weights", format).Expect(0).Out, StringComparison.Ordinal);

    [GeneratedRegex(@"^frame +\d+: number +\d+ at +([0-9.]+) s, \d+x\d+$", RegexOptions.Multiline)]
    private static partial Regex TimesShown();
}
