using System.Diagnostics;

namespace Kinora.Cli.Tests;

/// <summary>A directory for one test, gone afterwards.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("kinora-test-").FullName;

    public string File(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    public string Write(string name, string text)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(File(name))!);
        System.IO.File.WriteAllText(File(name), text);
        return File(name);
    }

    public string Copy(string source, string name)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(File(name))!);
        System.IO.File.Copy(source, File(name));
        return File(name);
    }

    /// <summary>Copies a directory with everything in it.</summary>
    public string CopyTree(string source, string name)
    {
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            Copy(file, System.IO.Path.Combine(name, System.IO.Path.GetRelativePath(source, file)));
        }

        return File(name);
    }

    /// <summary>A program for the PATH: a shell script.</summary>
    public string Script(string name, string text)
    {
        Write(name, $"#!/bin/sh\n{text}\n");
        Process.Start("chmod", ["700", File(name)]).WaitForExit();
        return File(name);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
