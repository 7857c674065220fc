using System.Text.Json;

namespace Kinora.Cli.Tests;

/// <summary>Files of the repository: upwards from the test program to the directory with the solution.</summary>
internal static class Repository
{
    private static readonly Lazy<string> root = new(() =>
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Kinora.slnx")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new DirectoryNotFoundException("No directory above the tests holds Kinora.slnx.");
    });

    public static string Root => root.Value;

    /// <summary>A clip that ships; what is in it and how long it is may change with any release.</summary>
    public static string Example(int number) => Path.Combine(Root, "examples", $"toybox-{number:00}.mp4");

    /// <summary>A small trained model that stays as it is, for all that depends on sizes, token counts or words.</summary>
    public static string Model => Fixture("toybox-bootstrap", "checkpoint");

    /// <summary>A clip that stays as it is.</summary>
    public static string Clip(int number) => Fixture("toybox-bootstrap", "clips", $"toybox-{number:00}.mp4");

    public static string Fixture(params string[] parts) => Path.Combine([Root, "tests", "fixtures", .. parts]);

    public static string Video(string name) => Fixture("video", name);

    public static string Image(string name) => Fixture("images", "inputs", name);

    /// <summary>What the shipped model says of an example, or to a question about it; <c>tests/record-examples</c> writes these down.</summary>
    public static string RecordedText(int number, string? question = null)
    {
        using var recorded = JsonDocument.Parse(File.ReadAllText(Fixture("examples.json")));
        return recorded.RootElement.GetProperty(question is null ? $"toybox-{number:00}.mp4" : $"toybox-{number:00}.mp4: {question}").GetString()!;
    }

    /// <summary>What the reference implementation wrote with <see cref="Model"/> for a case.</summary>
    public static string GoldenText(string name)
    {
        using var golden = JsonDocument.Parse(File.ReadAllText(Fixture("toybox-bootstrap", "golden.json")));
        return golden.RootElement.GetProperty("cases").EnumerateArray().Single(item => item.GetProperty("name").GetString() == name).GetProperty("text").GetString()!;
    }
}
