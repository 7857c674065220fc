using System.Text.Json;
using Kinora.Models;
using Kinora.Models.Checkpoints;
using Kinora.Models.Tokenization;
using Kinora.Models.Verification;
using Kinora.Tensors;
using Kinora.Training.Conversations;
using Kinora.Training.Schedules;

namespace Kinora.Training.Verification;

/// <summary>Runs golden directories of the family <c>training</c>: operations and their gradients, optimiser, schedules, fine-tuning, LoRA, preference tuning, labels.</summary>
public static class TrainingVerifier
{
    /// <summary>Whether a golden directory is one of training.</summary>
    /// <exception cref="VerificationException">No manifest, or one that can't be read.</exception>
    public static bool Matches(string directory) => Text(Parse(Path.Combine(directory, "golden.json")), "family") == "training";

    /// <summary>Runs one directory.</summary>
    /// <param name="directory">Holds <c>golden.json</c>, which names one manifest per part.</param>
    /// <param name="done">Told each part's report as soon as it is there.</param>
    /// <param name="cancellation">Ends it between operations.</param>
    /// <exception cref="VerificationException">No manifest, or one that can't be read.</exception>
    public static VerificationReport Run(string directory, Action<CaseReport>? done = null, CancellationToken cancellation = default)
    {
        var path = Path.Combine(directory, "golden.json");
        var root = Parse(path);
        if (!root.TryGetProperty("cases", out var cases) || cases.ValueKind != JsonValueKind.Array)
        {
            throw new VerificationException($"{path} has no list of cases ('cases').");
        }

        using var operations = new TensorOperations { Cancellation = cancellation };
        var reports = new List<CaseReport>();
        foreach (var entry in cases.EnumerateArray())
        {
            cancellation.ThrowIfCancellationRequested();
            var name = Text(entry, "name") ?? throw new VerificationException($"{path}: a case has no name.");
            try
            {
                Part(name, entry);
            }
            catch (Exception error) when (IsOfData(error))
            {
                Add(new(name, 0, [], [], error.Message));
            }
        }

        return new(directory, reports);

        void Add(CaseReport report)
        {
            reports.Add(report);
            done?.Invoke(report);
        }

        void Part(string name, JsonElement entry)
        {
            var manifest = Inside(entry, "manifest");
            switch (name)
            {
                case "ops":
                    Add(OperationRunner.Run(operations, name, Parse(manifest), Inside(entry, "tensors")));
                    break;
                case "optimizer":
                    Add(OptimizerRunner.Run(operations, name, Parse(manifest), Inside(entry, "tensors")));
                    break;
                case "schedules":
                    var rates = ScheduleVerification.Compare(Parse(manifest));
                    Add(new(name, rates.Count, rates, [], null));
                    break;
                case "sft":
                    Add(FineTuning().Run(name, Parse(manifest)));
                    break;
                case "lora":
                    Add(new LoraRunner(operations, FineTuning(), directory).Run(name, Parse(manifest)));
                    break;
                case "dpo":
                    var other = cases.EnumerateArray().First(part => Text(part, "name") == "sft");
                    Add(new PreferenceRunner(operations, FineTuning(), directory).Run(name, Parse(manifest), Parse(Inside(other, "manifest"))));
                    break;
                case "labels":
                    var labels = PllavaLabelCases.Run(manifest);
                    Add(new(name, labels.Count, [.. labels.Select(label => new TensorComparison(label.Name, "record", label.Passed ? 0 : 1, 0, label.Difference))], [], null));
                    break;
                default:
                    Add(new(name, 0, [], [], $"the part '{name}' isn't known here"));
                    break;
            }
        }

        FineTuningRunner FineTuning() => new(operations, directory, Checkpoint(), NumberTokenizer.Of(VocabularySize()));

        string Checkpoint() => Inside(root, "checkpoint");

        int VocabularySize()
        {
            const int Most = 1 << 20;
            var config = Parse(Path.Combine(Checkpoint(), "config.json"));
            var size = config.GetProperty("text_config").GetProperty("vocab_size").GetInt32();
            return size is > 0 and <= Most ? size : throw new VerificationException($"{Checkpoint()}/config.json: 'vocab_size' is {size}; expected 1 to {Most}.");
        }

        string Inside(JsonElement entry, string key) => GoldenPaths.Inside(directory, Text(entry, key) ?? throw new VerificationException($"{path}: a case names no '{key}'."));
    }

    internal static JsonElement Parse(string path)
    {
        const int MostBytes = 64 << 20;
        return File.Exists(path)
            ? JsonFile.ReadObject(path, MostBytes, static (file, message, inner) => new VerificationException($"{file} {message}", inner))
            : throw new VerificationException($"{path} does not exist; a golden directory holds golden.json and the manifests that it names.");
    }

    internal static string? Text(JsonElement json, string key)
        => json.ValueKind == JsonValueKind.Object && json.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>Errors that hostile or damaged golden data can lead to; anything else is a defect of ours and passes on.</summary>
    private static bool IsOfData(Exception error)
        => error is VerificationException or CheckpointException or TokenizerException or ArgumentException or JsonException or IOException
            or UnauthorizedAccessException or KeyNotFoundException or FormatException or OverflowException or OutOfMemoryException
            or (InvalidOperationException and not ObjectDisposedException);
}
