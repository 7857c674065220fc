using System.Text.Json;

namespace Kinora.Media.Tests;

/// <summary>One file of video/expected.json.</summary>
internal sealed class VideoCase
{
    private static readonly JsonElement[] All =
        [.. JsonDocument.Parse(File.ReadAllBytes(Fixture.Video("expected.json"))).RootElement.GetProperty("videos").EnumerateArray()];

    private readonly JsonElement json;

    private VideoCase(JsonElement json) => this.json = json;

    public static TheoryData<string> Names(bool decodable)
        => [.. All.Where(v => v.GetProperty("decodable").GetBoolean() == decodable).Select(v => v.GetProperty("file").GetString()!)];

    public static VideoCase Find(string name) => new(All.Single(v => v.GetProperty("file").GetString() == name));

    public JsonElement this[string key] => json.GetProperty(key);

    public string Path => Fixture.Video(json.GetProperty("file").GetString()!);

    public int FrameCount => json.GetProperty("frame_count").GetInt32();

    public double[] Times => [.. json.GetProperty("times").EnumerateArray().Select(t => t.GetDouble())];

    public Rational AverageRate => Rational.Parse(json.GetProperty("average_rate").GetString());

    public double Number(string key, double absent) => json.TryGetProperty(key, out var value) ? value.GetDouble() : absent;

    public string Text(string key) => json.GetProperty(key).GetString()!;

    public double? Nullable(string key) => json.GetProperty(key) is { ValueKind: JsonValueKind.Number } number ? number.GetDouble() : null;

    public (int Width, int Height) Size(string key) => (json.GetProperty(key)[0].GetInt32(), json.GetProperty(key)[1].GetInt32());

    public int[] Uniform(int count) => Indices(json.GetProperty("indices").GetProperty("uniform").GetProperty($"{count}").GetProperty("tarsier"));

    public (double Start, double End, int[] Indices) Bounded
    {
        get
        {
            var bounded = json.GetProperty("indices").GetProperty("bounded");
            return (bounded.GetProperty("start").GetDouble(), bounded.GetProperty("end").GetDouble(), Indices(bounded.GetProperty("n8").GetProperty("tarsier")));
        }
    }

    private static int[] Indices(JsonElement list) => [.. list.EnumerateArray().Select(e => e.GetInt32())];
}
