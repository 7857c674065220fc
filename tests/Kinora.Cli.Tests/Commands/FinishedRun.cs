using System.Text.Json;

namespace Kinora.Cli.Tests.Commands;

/// <summary>A small run on a small trained model that came to its end, for tests to copy and to spoil. Data and model are copies too.</summary>
public sealed class FinishedRun : IDisposable
{
    public const string Recipe = """
        lora: {rank: 2, alpha: 4, targets: [q_proj, v_proj]}
        optimizer: {learning_rate: 1e-3}
        batch_size: 1
        steps: 4
        frames: 2
        save: {every_steps: 2}
        """;

    private readonly TemporaryDirectory folder = new();

    public FinishedRun()
    {
        Model = folder.CopyTree(Repository.Model, "model");
        Data = folder.Write("data.jsonl", string.Concat(Enumerable.Range(0, 3).Select(clip => JsonSerializer.Serialize(new { video = Repository.Clip(clip), text = $"Text {clip}." }) + "\n")));
        RecipeFile = folder.Write("recipe.yaml", Recipe);
        var outcome = KinoraProcess.Run(Train(RecipeFile, File("run"))).Expect(0);
        Assert.Contains("Done: 4 steps", outcome.Err, StringComparison.Ordinal);
    }

    public string Model { get; }

    public string Data { get; }

    public string RecipeFile { get; }

    public string Adapter => File("run", "adapter");

    public string File(params string[] parts) => folder.File(parts);

    /// <summary>The arguments of a new run.</summary>
    public string[] Train(string recipe, string directory, params string[] more) => ["train", recipe, "--model", Model, "--data", Data, "--out", directory, .. more];

    /// <summary>A copy of the run.</summary>
    public string Copy(string name) => folder.CopyTree(File("run"), name);

    /// <summary>A copy of the adapter.</summary>
    public string CopyAdapter(string name) => folder.CopyTree(Adapter, name);

    public string Write(string name, string text) => folder.Write(name, text);

    /// <summary>All files of a directory with their contents, to see that nothing changed.</summary>
    public static Dictionary<string, string> Contents(string directory)
        => Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).ToDictionary(path => path, path => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(System.IO.File.ReadAllBytes(path))));

    public static void CutOff(string path, long length)
    {
        using var file = System.IO.File.OpenWrite(path);
        file.SetLength(length);
    }

    public void Dispose() => folder.Dispose();
}
