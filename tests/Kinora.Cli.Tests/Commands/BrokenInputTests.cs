using System.Diagnostics;

namespace Kinora.Cli.Tests.Commands;

/// <summary>A broken input costs only itself: one line that names the file, what is wrong and what helps, and exit code 1.</summary>
public sealed class BrokenInputTests
{
    [Theory]
    [InlineData("zero_byte.mp4", "empty", "download it again")]
    [InlineData("truncated_index_last.mp4", "cut short", "copy it again")]
    [InlineData("audio_only.m4a", "no video", "name a file with pictures")]
    [InlineData("not_a_video.mp4", "no known video", ".mp4")]
    public void Broken_videos(string name, params string[] parts)
    {
        KinoraProcess.Run("describe", Repository.Video(name)).ExpectError(1, [Repository.Video(name), .. parts]);
        KinoraProcess.Run("frames", Repository.Video(name)).ExpectError(1, [Repository.Video(name), .. parts]);
    }

    [Fact]
    public void Missing_file() => Expect("/nowhere/clip.mp4", "/nowhere/clip.mp4", "no such file", "check the path");

    [Fact]
    public void Device() => Expect("/dev/zero", "/dev/zero", "device", "save its content");

    [Fact]
    public void Times_behind_the_end()
    {
        KinoraProcess.Run("describe", Repository.Clip(4), "--frames-by", "at:1,99").ExpectError(1, Repository.Clip(4), "99 s", "3.917 s", "earlier");
        KinoraProcess.Run("describe", Repository.Clip(4), "--start", "99").ExpectError(1, Repository.Clip(4), "99 s", "3.917 s", "earlier");
    }

    [Fact]
    public void Directory_without_pictures()
    {
        using var folder = new TemporaryDirectory();
        folder.Write("notes.txt", "no picture");
        Expect(folder.Path, folder.Path, "no pictures", ".png");
    }

    [Fact]
    public void Folder_with_a_broken_picture_names_that_picture()
    {
        using var folder = new TemporaryDirectory();
        folder.Copy(Repository.Image("tiny_2x2.png"), "1.png");
        folder.Write("2.png", "no picture");
        Expect(folder.Path, folder.File("2.png"));
    }

    [Theory]
    [InlineData("plain text")]
    [InlineData("#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n")]
    [InlineData("ffconcat version 1.0\nfile /etc/passwd\n")]
    public void Text_and_playlists_under_the_name_of_a_video(string content)
    {
        using var folder = new TemporaryDirectory();
        var file = folder.Write("clip.mp4", content);
        Expect(file, file, "no known video");
    }

    [Fact]
    public void Pipe_that_nobody_writes_to()
    {
        using var folder = new TemporaryDirectory();
        Process.Start("mkfifo", [folder.File("pipe.mp4")]).WaitForExit();
        Expect(folder.File("pipe.mp4"), "pipe.mp4", "this is a pipe", "save its content");
    }

    [Fact]
    public void File_that_may_not_be_read()
    {
        using var folder = new TemporaryDirectory();
        var file = folder.Copy(Repository.Clip(0), "clip.mp4");
        Process.Start("chmod", ["000", file]).WaitForExit();
        var outcome = KinoraProcess.Run("describe", file, "--max-tokens", "1");
        if (Environment.UserName == "root")
        {
            outcome.Expect(0); // who may read everything
        }
        else
        {
            outcome.ExpectError(1, file, "permissions");
        }
    }

    [Theory]
    [InlineData("new\nline.mp4")]
    [InlineData("quote\"and'.mp4")]
    [InlineData("-dash.mp4")]
    [InlineData("--frames.mp4")]
    [InlineData("red\u001b[31m.mp4")]
    [InlineData("bell\u0007\u009b31m.mp4")]
    [InlineData("turned\u202egpm.mp4")]
    [InlineData("100%d.mp4")]
    [InlineData("a b;$(id)`id`.mp4")]
    public void Odd_names_work_and_never_reach_the_terminal_raw(string name)
    {
        using var folder = new TemporaryDirectory();
        var file = folder.Copy(Repository.Clip(0), name);
        foreach (var format in new[] { "text", "jsonl" })
        {
            var outcome = KinoraProcess.Run("describe", file, "--max-tokens", "2", "--show-frames", "--format", format).Expect(0);
            Assert.DoesNotContain(outcome.Out + outcome.Err, character => char.IsControl(character) && character != '\n');
        }

        var missing = KinoraProcess.Run("describe", file + ".not", Repository.Clip(0), "--max-tokens", "1").Expect(1);
        Assert.DoesNotContain(missing.Out + missing.Err, character => (char.IsControl(character) && character != '\n') || character == '\u202e');
        Assert.Single(missing.Err.Split('\n'), line => line.StartsWith("kinora: ", StringComparison.Ordinal) && line.Contains("no such file", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("-dash.mp4")]
    [InlineData("--frames.mp4")]
    public void Relative_names_that_begin_with_a_dash_are_files(string name)
    {
        using var folder = new TemporaryDirectory();
        folder.Copy(Repository.Clip(0), name);
        foreach (var arguments in new string[][] { [name, "--max-tokens", "1", "--model", Repository.Model], ["--max-tokens", "1", "--model", Repository.Model, "--", name] })
        {
            var start = new ProcessStartInfo(Programs.Dotnet, [Programs.Kinora, "describe", .. arguments]) { WorkingDirectory = folder.Path, RedirectStandardError = true, RedirectStandardOutput = true };
            using var process = Process.Start(start)!;
            var text = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.Equal((0, "A\n"), (process.ExitCode, text));
        }
    }

    private static void Expect(string input, params string[] parts)
    {
        var outcome = KinoraProcess.Run("describe", input);
        outcome.ExpectError(1, parts);
        Assert.Empty(outcome.Out);
    }
}
