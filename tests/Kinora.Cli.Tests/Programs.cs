namespace Kinora.Cli.Tests;

/// <summary>Where the programs are that tests start.</summary>
internal static class Programs
{
    public static string Dotnet { get; } = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host : OnPath("dotnet");

    /// <summary>The build beside the tests, or else the program's own.</summary>
    public static string Kinora { get; } = new[] { AppContext.BaseDirectory, Path.Combine(Repository.Root, "src", "Kinora.Cli", "bin", "Release", "net10.0") }
        .Select(folder => Path.Combine(folder, "kinora.dll"))
        .First(file => File.Exists(file) && File.Exists(Path.ChangeExtension(file, ".runtimeconfig.json")));

    public static string OnPath(string name)
        => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists) ?? throw new FileNotFoundException($"{name} is not on the PATH.");
}
