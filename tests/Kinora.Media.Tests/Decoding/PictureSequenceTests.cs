namespace Kinora.Media.Tests;

/// <summary>Folders and lists of pictures.</summary>
public sealed class PictureSequenceTests
{
    [Fact]
    public async Task A_folder_is_read_in_natural_order()
    {
        using var folder = new TemporaryFolder();
        foreach (var number in new[] { 10, 2, 1, 9, 11 })
        {
            var picture = new Picture(4, 3, 3);
            picture.Pixels.AsSpan().Fill((byte)number);
            await PictureWriter.WritePngAsync(picture, folder.File($"img{number}.PNG"));
        }

        File.WriteAllText(folder.File("img3.txt"), "no picture");
        var clip = await new MediaReader().ReadAsync(folder.Path, new FrameRequest { Count = 8 });
        Assert.Equal([1, 2, 9, 10, 11], clip.Frames.Select(f => (int)f.Picture.Pixels[0]));
        Assert.Equal([0, 1, 2, 3, 4], clip.Frames.Select(f => f.Time));
        Assert.Equal(MediaKind.PictureSequence, clip.Info.Kind);
        Assert.Equal(5, clip.Info.FrameCount);
        Assert.Equal(5, (await new MediaReader().ProbeAsync(folder.Path)).FrameCount);
        var few = await new MediaReader().ReadAsync(folder.Path, new FrameRequest { Count = 3 });
        Assert.Equal([1, 9, 11], few.Frames.Select(f => (int)f.Picture.Pixels[0]));
    }

    [Fact]
    public async Task Pictures_of_several_kinds_and_sizes_make_a_sequence()
    {
        string[] paths = [Fixture.Input("plain_420.jpg"), Fixture.Input("odd_61x45.png"), Fixture.Input("still.gif"), Fixture.Input("gray.jpg")];
        var clip = await new MediaReader().ReadPicturesAsync(paths, new FrameRequest { Rule = FrameRule.At(3, 0, 1, 2) });
        Assert.Equal([(48, 32), (64, 48), (61, 45), (48, 40)], clip.Frames.Select(f => (f.Picture.Width, f.Picture.Height)));
        Assert.Equal([3, 0, 1, 2], clip.Frames.Select(f => f.Index));
    }

    [Fact]
    public async Task A_broken_picture_in_a_sequence_is_named()
    {
        using var folder = new TemporaryFolder();
        File.Copy(Fixture.Input("checker.png"), folder.File("a.png"));
        File.WriteAllText(folder.File("b.png"), "This is no picture at all.");
        var error = await Assert.ThrowsAsync<MediaException>(() => new MediaReader().ReadAsync(folder.Path, new FrameRequest()));
        Assert.Equal(folder.File("b.png"), error.Path);
    }

    [Fact]
    public async Task A_single_picture_is_one_frame_whatever_is_asked()
    {
        var clip = await new MediaReader().ReadAsync(Fixture.Input("plain_420.jpg"), new FrameRequest { Count = 8 });
        Assert.Single(clip.Frames);
        Assert.Equal(MediaKind.Picture, clip.Info.Kind);
        Assert.Equal("mjpeg", clip.Info.Codec);
    }

    [Theory]
    [InlineData("bmp", "bmp")]
    [InlineData("tiff", "tiff")]
    [InlineData("png", "png")]
    public async Task Lossless_pictures_written_by_ffmpeg_come_back_unchanged(string extension, string container)
    {
        using var folder = new TemporaryFolder();
        Tool.Ffmpeg("-i", Fixture.Input("odd_61x45.png"), folder.File($"x.{extension}"));
        var expected = await new MediaReader().ReadPictureAsync(Fixture.Input("odd_61x45.png"));
        Assert.Equal(expected.Pixels, (await new MediaReader().ReadPictureAsync(folder.File($"x.{extension}"))).Pixels);
        Assert.Equal(container, (await new MediaReader().ProbeAsync(folder.File($"x.{extension}"))).Container);
    }
}
