namespace Kinora.Media.Tests;

/// <summary>Reading preprocessor_config.json, and sizes.</summary>
public sealed class ClipImageProcessorTests
{
    [Fact]
    public void Absent_keys_have_clips_defaults()
    {
        var settings = Load("{}").Settings;
        Assert.Equal(224, settings.ShortestEdge);
        Assert.Equal((224, 224), settings.CropSize);
        Assert.Equal(ResampleFilter.Bicubic, settings.Filter);
        Assert.True(settings.Resize && settings.CentreCrop && settings.Rescale && settings.Normalise && settings.ConvertToRgb);
        Assert.Equal(0.00392156862745098, settings.RescaleFactor);
        Assert.Equal([0.48145466, 0.4578275, 0.40821073], settings.Mean);
        Assert.Equal([0.26862954, 0.26130258, 0.27577711], settings.StandardDeviation);
    }

    [Fact]
    public void Sizes_are_read_in_all_spellings()
    {
        Assert.Equal((90, 60), Load("""{"size": 60, "do_center_crop": false}""").OutputSize(300, 200));
        Assert.Equal((60, 90), Load("""{"size": {"shortest_edge": 60}, "do_center_crop": false}""").OutputSize(200, 300));
        Assert.Equal((70, 50), Load("""{"size": {"height": 50, "width": 70}, "do_center_crop": false}""").OutputSize(300, 200));
        Assert.Equal((33, 33), Load("""{"size": 60, "crop_size": 33}""").OutputSize(300, 200));
        Assert.Equal((44, 33), Load("""{"size": 60, "crop_size": {"height": 33, "width": 44}}""").OutputSize(300, 200));
        Assert.Equal((7, 9), Load("""{"do_resize": false, "do_center_crop": false}""").OutputSize(7, 9));
    }

    [Theory]
    [InlineData("""{"size": "big"}""", "\"size\" is \"big\"")]
    [InlineData("""{"size": {"height": 3}}""", "\"size\" is {\"height\": 3}")]
    [InlineData("""{"size": 0}""", "\"size\" is 0")]
    [InlineData("""{"crop_size": 2.5}""", "\"crop_size\" is 2.5")]
    [InlineData("""{"do_resize": 1}""", "\"do_resize\" is 1, expected true or false")]
    [InlineData("""{"resample": 5}""", "\"resample\" is 5")]
    [InlineData("""{"image_mean": [1, 2]}""", "\"image_mean\" is [1, 2], expected three numbers")]
    [InlineData("""{"image_std": [1, 0, 1]}""", "\"image_std\" is [1, 0, 1]")]
    [InlineData("""{"rescale_factor": "x"}""", "\"rescale_factor\" is \"x\"")]
    [InlineData("""{"image_std": [1, 1e-320, 1]}""", "\"image_std\" is [1, 1e-320, 1]")]
    [InlineData("""{"image_mean": [1, 1e308, 1]}""", "\"image_mean\" is 1e308")]
    [InlineData("""{"rescale_factor": 1e999}""", "\"rescale_factor\" is 1e999")]
    [InlineData("""{"size": 16384}""", "\"size\" is 16384, expected a whole number from 1 to 4096")]
    [InlineData("""{"size": 64, "size": 65}""", "no valid JSON (")]
    [InlineData("[]", "a JSON object")]
    [InlineData("{", "no valid JSON")]
    public void Wrong_values_are_named(string json, string part)
    {
        var error = Assert.Throws<MediaException>(() => Load(json));
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.EndsWith("preprocessor_config.json", error.Path, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_named()
        => Assert.Contains("/no/such.json", Assert.Throws<MediaException>(() => ClipImageProcessor.Load("/no/such.json")).Message, StringComparison.Ordinal);

    [Fact]
    public void Values_can_stay_bytes()
    {
        var picture = new Picture(2, 1, 3, [1, 2, 3, 4, 5, 6]);
        var values = new float[6];
        Load("""{"do_resize": false, "do_center_crop": false, "do_rescale": false, "do_normalize": false}""").Process(picture, values);
        Assert.Equal([1, 4, 2, 5, 3, 6], values);
    }

    [Fact]
    public void Wrong_outputs_and_strips_are_refused()
    {
        var processor = Load("{}");
        Assert.Throws<ArgumentException>(() => processor.Process(new Picture(2, 2, 3), new float[5]));
        Assert.Throws<ArgumentException>(() => processor.Process([]));
        Assert.Throws<ArgumentException>(() => processor.Crop(new Picture(1, 2_000_000, 3)));
        Assert.Throws<ArgumentException>(() => Load("""{"do_center_crop": false}""").Process([new Picture(2, 2, 3), new Picture(2, 4, 3)]));
        Assert.Throws<ArgumentException>(() => Load("""{"do_convert_rgb": false}""").Crop(new Picture(2, 2, 1)));
    }

    private static ClipImageProcessor Load(string json)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("preprocessor_config.json"), json);
        return ClipImageProcessor.Load(folder.File("preprocessor_config.json"));
    }
}
