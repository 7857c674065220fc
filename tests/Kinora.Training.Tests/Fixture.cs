namespace Kinora.Training.Tests;

/// <summary>Finds test data: upwards from the test program to the directory with the solution.</summary>
internal static class Fixture
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

    public static string At(params string[] parts) => Path.Combine([root.Value, "tests", "fixtures", .. parts]);

    public static string Clip(int number) => At("toybox-bootstrap", "clips", $"toybox-{number:00}.mp4");

    public static string Toybox => At("toybox-bootstrap", "checkpoint");

    public static string Recipes => Path.Combine(root.Value, "recipes");
}
