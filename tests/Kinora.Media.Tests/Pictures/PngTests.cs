namespace Kinora.Media.Tests;

/// <summary>The PNG reader and writer.</summary>
public sealed class PngTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void What_is_written_is_read_again(int channels)
    {
        var random = new Random(channels);
        for (var round = 0; round < 20; round++)
        {
            var picture = new Picture(random.Next(1, 50), random.Next(1, 50), channels);
            random.NextBytes(picture.Pixels);
            var image = PngDecoder.Decode("x", PngEncoder.Encode(picture), MediaLimits.Default).ToPicture();
            Assert.Equal((picture.Width, picture.Height, channels), (image.Width, image.Height, image.Channels));
            Assert.Equal(picture.Pixels, image.Pixels);
        }
    }

    [Fact]
    [Trait(Fuzz.Trait, "png")]
    public void Damaged_files_end_in_a_media_error_or_in_some_picture()
    {
        var limits = new MediaLimits { MaxPixels = 1 << 16 };
        var whole = File.ReadAllBytes(Fixture.Input("odd_61x45.png"));
        Fuzz.Run("PNG", 4000, random =>
        {
            var bytes = random.Next(4) == 0 ? whole[..random.Next(whole.Length)] : (byte[])whole.Clone();
            for (var change = random.Next(1, 5); change > 0 && bytes.Length > 0; change--)
            {
                bytes[random.Next(2) == 0 ? random.Next(Math.Min(64, bytes.Length)) : random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            _ = PngDecoder.Decode("x.png", bytes, limits).ToPicture();
        }, error => error is MediaException && error.Message.StartsWith("x.png: ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("rgb24")]
    [InlineData("rgba")]
    [InlineData("gray")]
    [InlineData("monob")]
    [InlineData("rgb48be")]
    [InlineData("ya8")]
    public void Interlaced_files_and_those_of_another_writer_are_read(string format)
    {
        using var folder = new TemporaryFolder();
        Tool.Ffmpeg("-i", Fixture.Input("odd_61x45.png"), "-pix_fmt", format, "-pred", "mixed", folder.File("plain.png"));
        Tool.Ffmpeg("-i", folder.File("plain.png"), "-pix_fmt", format, "-flags", "+ildct", folder.File("interlaced.png"));
        var interlaced = File.ReadAllBytes(folder.File("interlaced.png"));
        Assert.True(PngDecoder.ReadHeader("x", interlaced).Interlaced);
        var plain = PngDecoder.Decode("x", File.ReadAllBytes(folder.File("plain.png")), MediaLimits.Default);
        Assert.Equal(plain.Samples, PngDecoder.Decode("x", interlaced, MediaLimits.Default).Samples);
        if (format == "rgb24")
        {
            Assert.Equal(PngDecoder.Decode("x", File.ReadAllBytes(Fixture.Input("odd_61x45.png")), MediaLimits.Default).Samples, plain.Samples);
        }
    }

    [Theory]
    [InlineData("odd_61x45.png")]
    [InlineData("palette.png")]
    [InlineData("gray16.png")]
    [InlineData("bilevel.png")]
    public void Damaged_files_give_a_picture_or_one_clear_line(string name)
    {
        var original = File.ReadAllBytes(Fixture.Input(name));
        var random = new Random(name.Length);
        var limits = new MediaLimits { MaxPixels = 1 << 20 };
        for (var round = 0; round < 2000; round++)
        {
            var bytes = (byte[])original.Clone();
            for (var hit = 0; hit < 1 + (round % 5); hit++)
            {
                bytes[random.Next(round % 2 == 0 ? Math.Min(80, bytes.Length) : bytes.Length)] = (byte)random.Next(256);
            }

            try
            {
                _ = PngDecoder.Decode("damaged.png", bytes[..random.Next(bytes.Length / 2, bytes.Length + 1)], limits).ToPicture();
            }
            catch (MediaException error)
            {
                Assert.StartsWith("damaged.png: ", error.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task Writing_leaves_a_whole_file_or_nothing()
    {
        using var folder = new TemporaryFolder();
        var picture = new Picture(30, 20, 3);
        new Random(1).NextBytes(picture.Pixels);
        var path = folder.File("out.png");
        await PictureWriter.WritePngAsync(picture, path);
        Assert.Equal(picture.Pixels, (await new MediaReader().ReadPictureAsync(path)).Pixels);
        var before = File.ReadAllBytes(path);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => PictureWriter.WritePngAsync(new Picture(9, 9, 1), path, new CancellationToken(true)));
        Assert.Equal(before, File.ReadAllBytes(path));
        Assert.Equal(["out.png"], Directory.GetFiles(folder.Path).Select(Path.GetFileName));

        var error = await Assert.ThrowsAsync<MediaException>(() => PictureWriter.WritePngAsync(picture, folder.File("none/out.png")));
        Assert.Contains("can't be written", error.Message, StringComparison.Ordinal);
    }
}
