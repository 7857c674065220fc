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

    public static string Model => Path.Combine(Root, "models", "toybox");

    public static string Clip(int number) => Path.Combine(Root, "examples", $"toybox-{number:00}.mp4");

    public static string Fixture(params string[] parts) => Path.Combine([Root, "tests", "fixtures", .. parts]);

    public static string Video(string name) => Fixture("video", name);

    public static string Image(string name) => Fixture("images", "inputs", name);

    /// <summary>What the reference implementation wrote for a case.</summary>
    public static string GoldenText(string name)
    {
        using var golden = JsonDocument.Parse(File.ReadAllText(Fixture("toybox-bootstrap", "golden.json")));
        return golden.RootElement.GetProperty("cases").EnumerateArray().Single(item => item.GetProperty("name").GetString() == name).GetProperty("text").GetString()!;
    }
}
