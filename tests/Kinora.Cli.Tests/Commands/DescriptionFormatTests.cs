using System.Text.Json;

namespace Kinora.Cli.Tests.Commands;

/// <summary>What <c>describe</c> writes, and where.</summary>
public sealed class DescriptionFormatTests
{
    [Fact]
    public void Json_says_what_was_seen_and_what_made_it()
    {
        using var json = JsonDocument.Parse(KinoraProcess.Run("describe", Repository.Clip(4), "--model", Repository.Model, "--json", "--seed", "18446744073709551615").Expect(0).Out);
        var root = json.RootElement;
        Assert.Equal(
            ["input", "text", "start", "end", "frames", "media", "prompt", "model", "generation", "tokens", "finish", "seconds"],
            root.EnumerateObject().Select(property => property.Name));
        Assert.Equal(Repository.Clip(4), root.GetProperty("input").GetString());
        Assert.Equal(Repository.GoldenText("toybox-04"), root.GetProperty("text").GetString());
        Assert.Equal(0, root.GetProperty("start").GetDouble());
        Assert.Equal(3.916667, root.GetProperty("end").GetDouble());
        Assert.Equal([0, 7, 13, 20, 26, 33, 39, 46], root.GetProperty("frames").EnumerateArray().Select(frame => frame.GetProperty("index").GetInt32()));
        Assert.Equal(0.583333, root.GetProperty("frames")[1].GetProperty("time").GetDouble());
        Assert.Equal(("video", "h264", 128, 12.0), (root.GetProperty("media").GetProperty("kind").GetString(), root.GetProperty("media").GetProperty("codec").GetString(), root.GetProperty("media").GetProperty("width").GetInt32(), root.GetProperty("media").GetProperty("rate").GetDouble()));
        Assert.Equal("Describe the video in detail.", root.GetProperty("prompt").GetString());
        Assert.Equal(("tarsier", "as-stored"), (root.GetProperty("model").GetProperty("family").GetString(), root.GetProperty("model").GetProperty("weights").GetString()));
        Assert.Equal(ulong.MaxValue, root.GetProperty("generation").GetProperty("seed").GetUInt64());
        Assert.Equal(182, root.GetProperty("tokens").GetProperty("prompt").GetInt32());
        Assert.Equal("end", root.GetProperty("finish").GetString());
        Assert.Equal(["decode", "encode", "read", "generate"], root.GetProperty("seconds").EnumerateObject().Select(property => property.Name));
    }

    [Fact]
    public void Json_of_several_inputs_is_one_array_that_holds_the_failures_too()
    {
        using var json = JsonDocument.Parse(KinoraProcess.Run("describe", Repository.Video("zero_byte.mp4"), Repository.Clip(0), "--model", Repository.Model, "--format", "JSON").Expect(1).Out);
        Assert.Equal(["input", "error"], json.RootElement[0].EnumerateObject().Select(property => property.Name));
        Assert.Equal(Repository.GoldenText("toybox-00"), json.RootElement[1].GetProperty("text").GetString());
    }

    [Fact]
    public void Jsonl_has_a_row_for_every_input_and_the_broken_one_costs_only_itself()
    {
        using var folder = new TemporaryDirectory();
        var file = folder.Write("captions.jsonl", "what an older run left\n");
        var outcome = KinoraProcess.Run("describe", Repository.Clip(4), Repository.Video("zero_byte.mp4"), Repository.Clip(0), "--model", Repository.Model, "--format", "jsonl", "-o", file).Expect(1);
        Assert.Empty(outcome.Out);
        var rows = File.ReadAllLines(file).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal([Repository.Clip(4), Repository.Video("zero_byte.mp4"), Repository.Clip(0)], rows.Select(row => row.GetProperty("input").GetString()));
        Assert.Equal(Repository.GoldenText("toybox-04"), rows[0].GetProperty("text").GetString());
        Assert.Contains("empty", rows[1].GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.False(rows[1].TryGetProperty("text", out _));
        Assert.Equal(Repository.GoldenText("toybox-00"), rows[2].GetProperty("text").GetString());
    }

    [Fact]
    public void A_run_that_can_not_begin_leaves_older_rows_alone()
    {
        using var folder = new TemporaryDirectory();
        var file = folder.Write("captions.jsonl", "older\n");
        KinoraProcess.Run("describe", Repository.Clip(4), "--format", "jsonl", "-o", file, "--model", folder.File("none")).Expect(3);
        Assert.Equal("older\n", File.ReadAllText(file));
    }

    [Fact]
    public void Srt_has_one_cue_from_the_first_frame_to_the_end_of_the_last()
        => Assert.Equal(
            $"1\n00:00:00,000 --> 00:00:03,917\n{Repository.GoldenText("toybox-04")}\n\n",
            KinoraProcess.Run("describe", Repository.Clip(4), "--model", Repository.Model, "--format", "srt").Expect(0).Out);

    [Fact]
    public void Vtt_begins_where_the_looking_began()
        => Assert.Matches(
            "^WEBVTT\n\n00:00:01\\.000 --> 00:00:02\\.083\n[^\n]+\n\n$",
            KinoraProcess.Run("describe", Repository.Clip(4), "--model", Repository.Model, "--format", "vtt", "--start", "1", "--end", "2").Expect(0).Out);

    [Fact]
    public void Subtitles_of_several_inputs_go_into_a_folder()
    {
        using var folder = new TemporaryDirectory();
        KinoraProcess.Run("describe", Repository.Clip(4), Repository.Clip(0), "--model", Repository.Model, "--format", "srt", "-o", folder.File("subtitles")).Expect(0);
        Assert.Equal(["toybox-00.srt", "toybox-04.srt"], Directory.GetFiles(folder.File("subtitles")).Select(Path.GetFileName).Order());
        Assert.Contains(Repository.GoldenText("toybox-00"), File.ReadAllText(folder.File("subtitles", "toybox-00.srt")), StringComparison.Ordinal);
    }

    [Fact]
    public void Subtitles_of_several_inputs_without_a_folder_are_refused()
        => KinoraProcess.Run("describe", Repository.Clip(4), Repository.Clip(0), "--format", "srt").ExpectError(2, "2 inputs", "-o DIR");

    [Fact]
    public void Subtitles_never_overwrite_each_other()
    {
        using var folder = new TemporaryDirectory();
        var (one, other) = (folder.Copy(Repository.Clip(4), "one/clip.mp4"), folder.Copy(Repository.Clip(0), "other/clip.mkv"));
        KinoraProcess.Run("describe", one, other, "--format", "vtt", "-o", folder.File("out")).ExpectError(2, one, other, "clip.vtt");
        Assert.False(Directory.Exists(folder.File("out")));
    }

    [Theory]
    [InlineData("srt")]
    [InlineData("vtt")]
    public void Pictures_have_no_times_for_subtitles(string format)
    {
        var outcome = KinoraProcess.Run("describe", Repository.Image("square_336x336.png"), "--format", format);
        outcome.ExpectError(1, "square_336x336.png", "no times", "--format text");
        Assert.Empty(outcome.Out);
    }

    [Theory]
    [InlineData("text")]
    [InlineData("json")]
    [InlineData("srt")]
    public void An_output_file_appears_whole_and_alone(string format)
    {
        using var folder = new TemporaryDirectory();
        var file = folder.File("deep", "down", "out.txt");
        var outcome = KinoraProcess.Run("describe", Repository.Clip(0), "--model", Repository.Model, "--format", format, "-o", file).Expect(0);
        Assert.Empty(outcome.Out);
        Assert.Contains(Repository.GoldenText("toybox-00"), File.ReadAllText(file), StringComparison.Ordinal);
        Assert.Equal([file], Directory.GetFiles(Path.GetDirectoryName(file)!));
    }

    [Fact]
    public void An_input_that_fails_leaves_the_older_output_alone()
    {
        using var folder = new TemporaryDirectory();
        var file = folder.Write("out.txt", "older");
        KinoraProcess.Run("describe", Repository.Video("zero_byte.mp4"), "-o", file).Expect(1);
        Assert.Equal("older", File.ReadAllText(file));
        Assert.Equal([file], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void An_input_is_never_overwritten()
    {
        using var folder = new TemporaryDirectory();
        var clip = folder.Copy(Repository.Clip(0), "clip.mp4");
        KinoraProcess.Run("describe", clip, "-o", folder.File(".", "clip.mp4")).ExpectError(2, "overwrite", "clip.mp4");
        Assert.Equal(File.ReadAllBytes(Repository.Clip(0)), File.ReadAllBytes(clip));
    }

    [Fact]
    public void A_folder_is_no_output_file()
    {
        using var folder = new TemporaryDirectory();
        KinoraProcess.Run("describe", Repository.Clip(0), "-o", folder.Path).ExpectError(2, folder.Path, "folder");
    }

    [Fact]
    public void A_place_that_can_not_be_written_is_found_before_the_work_begins()
    {
        using var folder = new TemporaryDirectory();
        var file = folder.Write("file", "");
        var outcome = KinoraProcess.Run("describe", Repository.Clip(0), "-o", Path.Combine(file, "out.txt"));
        outcome.ExpectError(3, Path.Combine(file, "out.txt"), "can't be written");
        KinoraProcess.Run("describe", Repository.Clip(0), "--contact-sheet", Path.Combine(file, "out.png")).ExpectError(3, "out.png", "can't be written");
    }
}
