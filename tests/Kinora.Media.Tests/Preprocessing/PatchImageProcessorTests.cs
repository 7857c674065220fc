namespace Kinora.Media.Tests;

/// <summary>Patches against their definition, and the spellings of preprocessor_config.json.</summary>
public sealed class PatchImageProcessorTests
{
    [Fact]
    public void Every_value_lies_where_the_definition_has_it()
    {
        var random = new Random(5);
        for (var round = 0; round < 60; round++)
        {
            var (patch, merge, time) = (random.Next(1, 6), random.Next(1, 4), random.Next(1, 4));
            var (rows, columns) = (merge * random.Next(1, 5), merge * random.Next(1, 5));
            var (width, height) = (columns * patch, rows * patch);
            var processor = new PatchImageProcessor(new() { PatchSize = patch, MergeSize = merge, TemporalPatchSize = time, Values = new() { Rescale = false, Normalise = false } });
            var different = Enumerable.Range(0, time).Select(_ => new Picture(width, height, 3, Bytes(random, width * height * 3))).ToArray();
            Picture[] pictures = [.. Enumerable.Range(0, time).Select(t => different[random.Next(t + 1)])];
            var values = new float[rows * columns * processor.PatchLength];
            processor.Process(pictures, width, height, values);

            // Axes (rows of squares, columns of squares, row in the square, column in the square), then (channel, time, line, pixel).
            var at = 0;
            for (var group = 0; group < rows * columns / (merge * merge); group++)
            {
                for (var place = 0; place < merge * merge; place++)
                {
                    var (row, column) = ((group / (columns / merge) * merge) + (place / merge), (group % (columns / merge) * merge) + (place % merge));
                    for (var i = 0; i < processor.PatchLength; i++, at++)
                    {
                        var (channel, t, line, pixel) = (i / (time * patch * patch), i / (patch * patch) % time, i / patch % patch, i % patch);
                        Assert.Equal(pictures[t].Pixels[(((((row * patch) + line) * width) + (column * patch) + pixel) * 3) + channel], values[at]);
                    }
                }
            }
        }
    }

    [Fact]
    public void Values_are_those_of_clips_processor()
    {
        var picture = new Picture(28, 28, 3, Bytes(new Random(6), 28 * 28 * 3));
        var (patches, planes) = (new float[4 * 1176], new float[28 * 28 * 3]);
        new PatchImageProcessor(new()).Process([picture, picture], 28, 28, patches);
        new ClipImageProcessor(new() { Resize = false, CentreCrop = false }).Process(picture, planes);
        Assert.Equal(planes[0], patches[0]);
        Assert.Equal(planes[(2 * 784) + (27 * 28) + 27], patches[^1]);
        Assert.Equal(patches[..196], patches[196..392]);
    }

    [Fact]
    public void Sizes_come_from_the_limits_or_must_fit()
    {
        Assert.Equal((56, 56), Load("""{"min_pixels": 3136, "max_pixels": 7840}""").OutputSize(70, 42));
        var unchanged = Load("""{"do_resize": false, "patch_size": 5, "merge_size": 3}""");
        Assert.Equal((45, 15), unchanged.OutputSize(45, 15));
        Assert.Contains("do_resize", Assert.Throws<ArgumentException>(() => unchanged.OutputSize(45, 16)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => unchanged.Process([new Picture(15, 15, 3)], 15, 15, new float[675]));
        Assert.Throws<ArgumentException>(() => unchanged.Process([new Picture(15, 15, 3), new Picture(15, 15, 3)], 15, 15, new float[675]));
    }

    [Theory]
    [InlineData("{}", 3136, 1_003_520)]
    [InlineData("""{"min_pixels": 100, "max_pixels": 200}""", 100, 200)]
    [InlineData("""{"size": {"min_pixels": 101, "max_pixels": 201}}""", 101, 201)]
    [InlineData("""{"size": {"shortest_edge": 102, "longest_edge": 202}}""", 102, 202)]
    [InlineData("""{"size": {"shortest_edge": 102, "longest_edge": 202}, "max_pixels": 300}""", 102, 300)]
    [InlineData("""{"size": {"longest_edge": 202}, "min_pixels": null}""", 3136, 202)]
    public void Limits_are_read_in_all_spellings(string json, int least, int most)
        => Assert.Equal((least, most), (Load(json).Settings.LeastPixels, Load(json).Settings.MostPixels));

    [Theory]
    [InlineData("""{"patch_size": 0}""", "\"patch_size\" is 0")]
    [InlineData("""{"merge_size": 2.5}""", "\"merge_size\" is 2.5")]
    [InlineData("""{"temporal_patch_size": 100000}""", "\"temporal_patch_size\" is 100000")]
    [InlineData("""{"max_pixels": -1}""", "\"max_pixels\" is -1")]
    [InlineData("""{"min_pixels": 1000000000}""", "\"min_pixels\" is 1000000000")]
    [InlineData("""{"size": 224}""", "\"size\" is 224, expected {\"min_pixels\"")]
    [InlineData("""{"size": {"shortest_edge": "x"}}""", "\"size.shortest_edge\" is \"x\"")]
    [InlineData("""{"image_std": [1, 0, 1]}""", "\"image_std\" is [1, 0, 1]")]
    public void Wrong_values_are_named(string json, string part)
        => Assert.Contains(part, Assert.Throws<MediaException>(() => Load(json)).Message, StringComparison.Ordinal);

    private static byte[] Bytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private static PatchImageProcessor Load(string json)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("preprocessor_config.json"), json);
        return new(PatchImageSettings.Load(folder.File("preprocessor_config.json")));
    }
}
