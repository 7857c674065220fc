using System.Text.Json;
using Kinora.Media;
using Kinora.Models.Checkpoints;
using Kinora.Models.Families;
using Kinora.Models.Generation;
using Kinora.Models.Tokenization;
using Kinora.Models.Weights;

namespace Kinora.Models.Verification;

/// <summary>Runs golden directories: what a reference implementation computed, against what Kinora computes here.</summary>
public static class Verifier
{
    /// <summary>Runs one directory.</summary>
    /// <param name="directory">Holds <c>golden.json</c>, whose layout docs/verify.md describes.</param>
    /// <param name="format">How to keep the weights.</param>
    /// <param name="done">Told each case's report as soon as it is there.</param>
    /// <param name="cancellation">Ends it between layers.</param>
    /// <exception cref="VerificationException">No manifest, or one that can't be read.</exception>
    /// <exception cref="CheckpointException">The checkpoint can't be loaded.</exception>
    /// <exception cref="TokenizerException">Its tokenizer can't be loaded.</exception>
    /// <exception cref="MediaException">Its preprocessor_config.json can't be read.</exception>
    public static async Task<VerificationReport> RunAsync(string directory, WeightFormat format = WeightFormat.AsStored, Action<CaseReport>? done = null, CancellationToken cancellation = default)
    {
        var path = Path.Combine(directory, "golden.json");
        var root = GoldenFiles.Read(path);
        var checkpoint = GoldenFiles.Text(root, "checkpoint") ?? throw new VerificationException($"{path} names no checkpoint directory ('checkpoint').");
        if (!root.TryGetProperty("cases", out var cases) || cases.ValueKind != JsonValueKind.Array)
        {
            throw new VerificationException($"{path} has no list of cases ('cases').");
        }

        using var model = ModelLoader.Load(Path.Combine(directory, checkpoint), format, cancellation: cancellation);
        if (GoldenFiles.Text(root, "family") is { } family && family != model.Family)
        {
            throw new VerificationException($"{path} is of the family '{family}', but its checkpoint is of the family '{model.Family}'.");
        }

        var reports = new List<CaseReport>();
        var media = new MediaReader();
        var (lists, inputs) = (new ListRunner(model, media, directory), GoldenFamily.Of(model, media));
        if (root.TryGetProperty("preprocess", out var preprocess))
        {
            await AddAsync("preprocess", () => lists.PreprocessAsync(preprocess, cancellation)).ConfigureAwait(false);
        }

        if (GoldenFiles.Text(root, "tokenizer") is { } tokenizer)
        {
            await AddAsync("tokenizer", () => Task.FromResult(lists.Tokenizer(tokenizer))).ConfigureAwait(false);
        }

        if (GoldenFiles.Text(root, "prompts") is { } prompts)
        {
            await AddAsync("prompts", () => Task.FromResult(lists.Prompts(prompts))).ConfigureAwait(false);
        }

        foreach (var (name, run) in inputs.Lists(root, directory))
        {
            await AddAsync(name, () => run(cancellation)).ConfigureAwait(false);
        }

        foreach (var element in cases.EnumerateArray())
        {
            var golden = new GoldenCase(directory, element);
            await AddAsync(golden.Name, () => RunCaseAsync(model, inputs, StageLimits.For(format), golden, cancellation)).ConfigureAwait(false);
        }

        return new VerificationReport(directory, reports);

        async Task AddAsync(string name, Func<Task<CaseReport>> run)
        {
            CaseReport report;
            try
            {
                report = await run().ConfigureAwait(false);
            }
            catch (Exception error) when (GoldenFiles.IsOfData(error))
            {
                report = new CaseReport(name, 0, [], [], error.Message);
            }

            reports.Add(report);
            done?.Invoke(report);
        }
    }

    private static async Task<CaseReport> RunCaseAsync(VisionLanguageModel model, GoldenFamily family, StageLimits limits, GoldenCase golden, CancellationToken cancellation)
    {
        using var ledger = new CaseLedger(golden.Expected);
        try
        {
            await new CaseRunner(model, family, limits, golden, ledger, cancellation).RunAsync().ConfigureAwait(false);
            return ledger.Report(golden.Name, null);
        }
        catch (Exception error) when (GoldenFiles.IsOfData(error))
        {
            return ledger.Report(golden.Name, error.Message);
        }
    }
}
