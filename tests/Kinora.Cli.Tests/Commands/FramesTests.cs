using System.Text.Json;
using Kinora.Media;

namespace Kinora.Cli.Tests.Commands;

/// <summary><c>kinora frames</c>.</summary>
public sealed class FramesTests
{
    [Fact]
    public void Table_shows_numbers_and_times()
    {
        var lines = KinoraProcess.Run("frames", Repository.Clip(4), "--frames", "3").Expect(0).Out.Split('\n');
        Assert.Equal(["frame  number  time     size", "1      0       0.000 s  128x128", "2      23      1.917 s  128x128", "3      46      3.833 s  128x128", ""], lines);
    }

    [Fact]
    public async Task Frames_are_saved_as_png()
    {
        using var folder = new TemporaryDirectory();
        using var json = JsonDocument.Parse(KinoraProcess.Run("frames", Repository.Clip(4), "--frames-by", "at:0,2", "-o", folder.File("out"), "--json").Expect(0).Out);
        var files = json.RootElement.EnumerateArray().Select(frame => frame.GetProperty("file").GetString()!).ToList();
        Assert.Equal(["frame-0001-0000.000s.png", "frame-0002-0002.000s.png"], files.Select(Path.GetFileName));
        Assert.Equal(files, Directory.GetFiles(folder.File("out")).Order());
        foreach (var file in files)
        {
            var picture = await new MediaReader().ReadPictureAsync(file);
            Assert.Equal((128, 128), (picture.Width, picture.Height));
        }
    }

    [Fact]
    public void Json_has_indices_times_and_sizes()
    {
        using var json = JsonDocument.Parse(KinoraProcess.Run("frames", Repository.Clip(4), "--frames-by", "every:2", "--json").Expect(0).Out);
        Assert.Equal([(0, 0.0), (24, 2.0)], json.RootElement.EnumerateArray().Select(frame => (frame.GetProperty("index").GetInt32(), frame.GetProperty("time").GetDouble())));
        Assert.All(json.RootElement.EnumerateArray(), frame => Assert.Equal((128, 128, JsonValueKind.Null), (frame.GetProperty("width").GetInt32(), frame.GetProperty("height").GetInt32(), frame.GetProperty("file").ValueKind)));
    }

    [Fact]
    public async Task Contact_sheet_is_a_picture()
    {
        using var folder = new TemporaryDirectory();
        KinoraProcess.Run("frames", Repository.Clip(4), "--contact-sheet", folder.File("sheet.png")).Expect(0);
        Assert.True((await new MediaReader().ReadPictureAsync(folder.File("sheet.png"))).Width > 384);
    }

    [Fact]
    public void A_place_that_can_not_be_written_is_told()
    {
        using var folder = new TemporaryDirectory();
        var file = folder.Write("file", "");
        KinoraProcess.Run("frames", Repository.Clip(4), "-o", Path.Combine(file, "out")).ExpectError(3, Path.Combine(file, "out"), "can't be written");
        KinoraProcess.Run("frames", Repository.Clip(4), "-o", file).ExpectError(3, file, "can't be written");
    }
}
