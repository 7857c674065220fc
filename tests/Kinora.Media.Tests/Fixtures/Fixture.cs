namespace Kinora.Media.Tests;

/// <summary>Finds the golden files of the repository from wherever the test program runs.</summary>
internal static class Fixture
{
    public static string Root { get; } = FindRoot();

    public static string Images => Path.Combine(Root, "tests", "fixtures", "images");

    public static string Videos => Path.Combine(Root, "tests", "fixtures", "video");

    public static string Video(string name) => Path.Combine(Videos, name);

    public static string Input(string name) => Path.Combine(Images, "inputs", name);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Kinora.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("No folder above the test program holds Kinora.slnx.");
    }
}
