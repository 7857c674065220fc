using System.Security.Cryptography;
using System.Text.Json;

namespace Kinora.Media.Tests;

/// <summary>One case of images/golden.json and what it expects.</summary>
internal sealed class ImageCase
{
    private static readonly JsonElement[] All =
        [.. JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Fixture.Images, "golden.json"))).RootElement.GetProperty("cases").EnumerateArray()];

    private readonly JsonElement json;
    private readonly TensorFile expected;

    private ImageCase(JsonElement json)
    {
        this.json = json;
        expected = TensorFile.Load(Path.Combine(Fixture.Images, Text("expected")));
    }

    public string Name => Text("name");

    public static TheoryData<string> Names(params string[] kinds)
        => [.. All.Where(c => kinds.Contains(c.GetProperty("kind").GetString())).Select(c => c.GetProperty("name").GetString()!)];

    public static ImageCase Find(string name) => new(All.Single(c => c.GetProperty("name").GetString() == name));

    public string Text(string key) => json.GetProperty(key).GetString()!;

    public JsonElement this[string key] => json.GetProperty(key);

    public bool Has(string key) => json.TryGetProperty(key, out _);

    public string InputPath
    {
        get
        {
            var name = Fixture.Input(Text("input"));
            return new[] { name, name + ".png", name + ".jpg", name + ".gif" }.First(File.Exists);
        }
    }

    /// <summary>The picture in its own mode: palette indices for P, 0 and 255 for mode 1.</summary>
    public Picture Input()
    {
        var image = PngDecoder.Decode(InputPath, File.ReadAllBytes(InputPath), MediaLimits.Default);
        return Has("mode") && Text("mode") == "P" && Text("kind").StartsWith("resize", StringComparison.Ordinal)
            ? new Picture(image.Header.Width, image.Header.Height, 1, image.Samples)
            : image.ToPicture();
    }

    /// <summary>Checks a picture bit for bit, whole or by every fifth sample plus the digest of all.</summary>
    public void AssertPicture(string output, Picture actual)
    {
        var key = json.GetProperty("tensors").GetProperty(output).GetString()!;
        var pixels = actual.Pixels;
        var shape = expected.Shape(key);
        if (json.TryGetProperty("every_5th", out var digests) && digests.TryGetProperty(output, out var digest))
        {
            Assert.Equal([.. digest.GetProperty("shape").EnumerateArray().Select(e => e.GetInt32())], new[] { actual.Height, actual.Width, actual.Channels });
            Assert.Equal(digest.GetProperty("sha256").GetString(), Convert.ToHexStringLower(SHA256.HashData(pixels)));
            pixels = EveryFifth(actual);
        }
        else
        {
            Assert.Equal(shape, new[] { actual.Height, actual.Width, actual.Channels });
        }

        Assert.Equal(expected.Bytes(key), pixels);
    }

    public float[] Floats(string output) => expected.Floats(json.GetProperty("tensors").GetProperty(output).GetString()!);

    public byte[] Bytes(string output) => expected.Bytes(json.GetProperty("tensors").GetProperty(output).GetString()!);

    public bool Stores(string output) => json.GetProperty("tensors").TryGetProperty(output, out _);

    private static byte[] EveryFifth(Picture picture)
        => [.. from y in Enumerable.Range(0, picture.Height).Where(y => y % 5 == 0)
               from x in Enumerable.Range(0, picture.Width).Where(x => x % 5 == 0)
               from c in Enumerable.Range(0, picture.Channels)
               select picture.Pixels[(y * picture.Stride) + (x * picture.Channels) + c]];
}
