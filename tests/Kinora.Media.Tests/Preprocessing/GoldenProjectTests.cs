using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;

namespace Kinora.Media.Tests;

/// <summary>CLIP's processor and Tarsier's own steps against their golden vectors, bit for bit.</summary>
public sealed class GoldenProjectTests
{
    public static TheoryData<string> Clips => ImageCase.Names("clip");

    public static TheoryData<string> Squares => ImageCase.Names("pad-to-square", "stretch-to-square", "central-crop-4-3");

    [Theory]
    [MemberData(nameof(Clips))]
    public void Clip_processor_gives_the_same_bytes_and_floats(string name)
    {
        var golden = ImageCase.Find(name);
        using var folder = new TemporaryFolder();
        var config = folder.File("preprocessor_config.json");
        File.WriteAllText(config, $$"""{"size": {{golden["size"]}}, "crop_size": {{golden["crop_size"]}}, "do_resize": {{golden["do_resize"].GetRawText()}}, "resample": 3}""");
        var processor = ClipImageProcessor.Load(config);
        var input = golden.Input();

        var cropped = processor.Crop(input);
        Assert.Equal(golden.Text("cropped_sha256"), Convert.ToHexStringLower(SHA256.HashData(ChannelsFirst(cropped))));
        if (golden.Stores("cropped"))
        {
            Assert.Equal(golden.Bytes("cropped"), ChannelsFirst(cropped));
        }

        using var tensor = processor.Process([input]);
        var values = tensor.AsSpan();
        Assert.Equal([1, 3, golden["crop_size"].GetProperty("height").GetInt32(), golden["crop_size"].GetProperty("width").GetInt32()], new[] { tensor.Shape[0], tensor.Shape[1], tensor.Shape[2], tensor.Shape[3] });
        Assert.Equal(golden.Text("pixel_values_sha256"), Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(values))));
        if (golden.Stores("pixel_values"))
        {
            Assert.Equal(golden.Floats("pixel_values"), values.ToArray());
        }
    }

    [Theory]
    [MemberData(nameof(Squares))]
    public void Squares_and_crops_are_tarsiers(string name)
    {
        var golden = ImageCase.Find(name);
        var input = golden.Input();
        switch (golden.Text("kind"))
        {
            case "pad-to-square":
                golden.AssertPicture("clip_mean", TarsierPreprocessing.PadToSquare(input));
                golden.AssertPicture("black", TarsierPreprocessing.PadToSquare(input, (0, 0, 0)));
                break;
            case "stretch-to-square":
                golden.AssertPicture("out", TarsierPreprocessing.StretchToSquare(input));
                break;
            default:
                golden.AssertPicture("out", TarsierPreprocessing.CropToFourThirds(input));
                break;
        }
    }

    [Fact]
    public void The_vectors_are_all_there()
    {
        Assert.Equal(18, Clips.Count);
        Assert.Equal(9, Squares.Count);
    }

    private static byte[] ChannelsFirst(Picture picture)
        => [.. Enumerable.Range(0, 3).SelectMany(channel => picture.Pixels.Where((_, at) => at % 3 == channel))];
}
