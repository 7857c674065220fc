namespace Kinora.Models.Tests;

/// <summary>Finds test data: upwards from the test program to the directory with the solution, then <c>tests/fixtures</c>.</summary>
internal static class Fixture
{
    private static readonly Lazy<string> root = new(() =>
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Kinora.slnx")))
        {
            directory = directory.Parent;
        }

        return Path.Combine(directory?.FullName ?? throw new DirectoryNotFoundException("No directory above the tests holds Kinora.slnx."), "tests", "fixtures");
    });

    public static string At(params string[] parts) => Path.Combine([root.Value, .. parts]);
}
