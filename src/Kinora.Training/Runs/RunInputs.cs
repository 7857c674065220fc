using System.Security.Cryptography;
using System.Text.Json;

namespace Kinora.Training.Runs;

/// <summary>What a run was begun with beside its recipe: fingerprints of data files and models in <c>inputs.json</c>. With others a resumed run would quietly become another run.</summary>
/// <remarks>The clips that data names are not looked at.</remarks>
internal static class RunInputs
{
    private const string FileName = "inputs.json";
    private const int MostBytes = 16 << 20;

    // Of larger files so much is read at so many places; a checkpoint of other weights differs at all of them.
    private const long ReadWhole = 64 << 20;
    private const int Places = 64;
    private const int PlaceBytes = 1 << 16;

    /// <summary>Writes the fingerprints down when a run begins, and compares them when it goes on.</summary>
    /// <param name="run">The run.</param>
    /// <param name="data">Data files.</param>
    /// <param name="models">Model directories.</param>
    /// <exception cref="RunException">One differs, can't be read, or can't be written down.</exception>
    public static void Check(RunDirectory run, IReadOnlyList<string> data, IReadOnlyList<string> models)
    {
        var path = Path.Combine(run.Path, FileName);
        try
        {
            var found = data.Concat(models.SelectMany(Files)).Distinct(StringComparer.Ordinal).ToDictionary(file => file, Fingerprint, StringComparer.Ordinal);
            if (File.Exists(path) && run.Checkpoints.Steps().Count > 0)
            {
                Compare(run, path, found);
                return;
            }

            // A run that has saved nothing yet begins anew, with what is there now; what it knows of other data goes.
            var content = JsonSerializer.SerializeToUtf8Bytes(found);
            if (File.Exists(path) && !File.ReadAllBytes(path).AsSpan().SequenceEqual(content))
            {
                File.Delete(run.ReferenceFile);
            }

            var files = new DurableFiles();
            files.Write(path + ".new", content);
            files.Rename(path + ".new", path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new RunException(path, $"can't be read or written ({error.Message}); make room or give rights there", error);
        }
    }

    private static void Compare(RunDirectory run, string path, Dictionary<string, string> found)
    {
        var root = Models.JsonFile.ReadObject(path, MostBytes, static (file, message, inner) => new RunException(file, message, inner));
        var begun = root.EnumerateObject().ToDictionary(entry => entry.Name, entry => entry.Value.ToString(), StringComparer.Ordinal);
        if (found.Keys.Union(begun.Keys).FirstOrDefault(file => begun.GetValueOrDefault(file) != found.GetValueOrDefault(file)) is { } other)
        {
            var what = !begun.ContainsKey(other) ? "is new" : !found.ContainsKey(other) ? "is gone" : "was changed";
            throw new RunException(other, $"this file {what} since {run.Path} began, which would end as another run; put back what was there, or train anew with another --out");
        }
    }

    private static IEnumerable<string> Files(string model)
        => Directory.EnumerateFiles(model).Where(file => Path.GetExtension(file) == ".safetensors" || Path.GetFileName(file) is "config.json" or "preprocessor_config.json" or "tokenizer.json" or "tokenizer.model");

    private static string Fingerprint(string path)
    {
        using var file = Media.PlainFile.Open(path);
        if (file.Length <= ReadWhole)
        {
            return Convert.ToHexStringLower(SHA256.HashData(file));
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var block = new byte[PlaceBytes];
        hash.AppendData(BitConverter.GetBytes(file.Length));
        for (var place = 0L; place < Places; place++)
        {
            file.Position = (file.Length - PlaceBytes) / (Places - 1) * place;
            file.ReadExactly(block);
            hash.AppendData(block);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
