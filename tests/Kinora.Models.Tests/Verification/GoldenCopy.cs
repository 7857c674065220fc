using System.Text.Json.Nodes;
using Kinora.Models.Checkpoints;
using Kinora.Tensors;

namespace Kinora.Models.Tests.Verification;

/// <summary>A copy of a golden directory that a test may damage.</summary>
internal sealed class GoldenCopy : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public GoldenCopy(string name)
    {
        var source = Fixture.At(name);
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var target = System.IO.Path.Combine(Path, System.IO.Path.GetRelativePath(source, file));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    public string Path => directory.Path;

    public void Edit(Action<JsonNode> change)
    {
        var path = System.IO.Path.Combine(Path, "golden.json");
        var manifest = JsonNode.Parse(File.ReadAllText(path))!;
        change(manifest);
        File.WriteAllText(path, manifest.ToJsonString());
    }

    /// <summary>Changes the values of one tensor: as floats or as whole numbers, whichever it holds.</summary>
    public void Change(string file, string tensor, Action<float[], long[]> change)
        => Rewrite(file, (name, floats, ids) =>
        {
            if (name == tensor)
            {
                change(floats, ids);
            }

            return name;
        });

    /// <summary>Gives a tensor another name, or takes it out.</summary>
    public void Rename(string file, string tensor, string? to) => Rewrite(file, (name, _, _) => name == tensor ? to : name);

    public void Dispose() => directory.Dispose();

    private void Rewrite(string file, Func<string, float[], long[], string?> change)
    {
        var path = System.IO.Path.Combine(Path, file);
        var writer = new SafetensorsWriter();
        using (var source = SafetensorsFile.Open(path))
        {
            foreach (var entry in source.Entries.Values)
            {
                var whole = entry.Dtype == SafetensorsDtype.I64;
                var (floats, ids) = (whole ? [] : source.ReadFloats(entry.Name), whole ? source.ReadIntegers(entry.Name) : []);
                if (change(entry.Name, floats, ids) is not { } name)
                {
                    continue;
                }

                if (whole)
                {
                    writer.Add(name, ids, entry.Shape);
                }
                else
                {
                    writer.Add(name, Tensor.From(floats, new Shape(entry.Shape)));
                }
            }
        }

        writer.Write(path);
    }
}
