using System.Text.Json;
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
    public static bool Matches(string directory) => GoldenFiles.Text(GoldenFiles.Read(Path.Combine(directory, "golden.json")), "family") == "training";

    /// <summary>Runs one directory.</summary>
    /// <param name="directory">Holds <c>golden.json</c>, which names one manifest per part.</param>
    /// <param name="done">Told each part's report as soon as it is there.</param>
    /// <param name="cancellation">Ends it between operations.</param>
    /// <exception cref="VerificationException">No manifest, or one that can't be read.</exception>
    public static VerificationReport Run(string directory, Action<CaseReport>? done = null, CancellationToken cancellation = default)
    {
        var path = Path.Combine(directory, "golden.json");
        var root = GoldenFiles.Read(path);
        if (!root.TryGetProperty("cases", out var cases) || cases.ValueKind != JsonValueKind.Array)
        {
            throw new VerificationException($"{path} has no list of cases ('cases').");
        }

        using var operations = new TensorOperations { Cancellation = cancellation };
        var reports = new List<CaseReport>();
        foreach (var entry in cases.EnumerateArray())
        {
            cancellation.ThrowIfCancellationRequested();
            var name = GoldenFiles.Text(entry, "name") ?? throw new VerificationException($"{path}: a case has no name.");
            try
            {
                Part(name, entry);
            }
            catch (Exception error) when (GoldenFiles.IsOfData(error))
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
                    Add(OperationRunner.Run(operations, name, GoldenFiles.Read(manifest), Inside(entry, "tensors")));
                    break;
                case "optimizer":
                    Add(OptimizerRunner.Run(operations, name, GoldenFiles.Read(manifest), Inside(entry, "tensors")));
                    break;
                case "schedules":
                    var rates = ScheduleVerification.Compare(GoldenFiles.Read(manifest));
                    Add(new(name, rates.Count, rates, [], null));
                    break;
                case "sft":
                    Add(FineTuning().Run(name, GoldenFiles.Read(manifest)));
                    break;
                case "lora":
                    Add(new LoraRunner(operations, FineTuning(), directory).Run(name, GoldenFiles.Read(manifest)));
                    break;
                case "dpo":
                    var other = cases.EnumerateArray().First(part => GoldenFiles.Text(part, "name") == "sft");
                    Add(new PreferenceRunner(operations, FineTuning(), directory).Run(name, GoldenFiles.Read(manifest), GoldenFiles.Read(Inside(other, "manifest"))));
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
            var config = GoldenFiles.Read(Path.Combine(Checkpoint(), "config.json"));
            var size = config.GetProperty("text_config").GetProperty("vocab_size").GetInt32();
            return size is > 0 and <= Most ? size : throw new VerificationException($"{Checkpoint()}/config.json: 'vocab_size' is {size}; expected 1 to {Most}.");
        }

        string Inside(JsonElement entry, string key) => GoldenFiles.Inside(directory, GoldenFiles.Text(entry, key) ?? throw new VerificationException($"{path}: a case names no '{key}'."));
    }
}
