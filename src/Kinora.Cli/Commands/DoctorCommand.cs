using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using Kinora.Cli.Terminal;
using Kinora.Media;
using Kinora.Models.Checkpoints;
using Kinora.Models.Families;
using Kinora.Tensors;

namespace Kinora.Cli.Commands;

/// <summary><c>kinora doctor</c>: what this machine has, and what is missing.</summary>
internal static class DoctorCommand
{
    private static readonly Option<bool> Json = CommonOptions.Json();

    public static Command Create()
    {
        var command = new Command("doctor", "Show processor features, ffmpeg, limits, memory and models found.") { Json };
        Examples.Add(command, "kinora doctor", "kinora doctor --json");
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var tools = await MediaTools.InspectAsync(cancellation).ConfigureAwait(false);
        var limits = MediaLimits.Default;
        var memory = GC.GetGCMemoryInfo();
        var models = FoundModels().ToList();
        if (parsed.GetValue(Json))
        {
            JsonOutput.Write(new
            {
                kinora = Version,
                runtime = RuntimeInformation.FrameworkDescription,
                system = RuntimeInformation.OSDescription,
                architecture = RuntimeInformation.ProcessArchitecture.ToString(),
                processors = Environment.ProcessorCount,
                instructionSets = TensorOperations.Supported.Select(set => set.ToString()),
                memoryBytes = memory.TotalAvailableMemoryBytes,
                ffmpeg = tools.Ffmpeg,
                ffprobe = tools.Ffprobe,
                prlimit = tools.Prlimit,
                limits,
                models,
            });
        }
        else
        {
            Report.Table(["", ""],
            [
                ["kinora", Version],
                ["runtime", $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}"],
                ["processors", $"{Environment.ProcessorCount}; kernels for {string.Join(", ", TensorOperations.Supported)}; {TensorOperations.Supported[^1]} is used"],
                ["memory", string.Create(CultureInfo.InvariantCulture, $"{Report.Bytes(memory.TotalAvailableMemoryBytes)} for this process")],
                ["ffmpeg", tools.Ffmpeg ?? "MISSING: sudo apt-get install ffmpeg"],
                ["ffprobe", tools.Ffprobe ?? "MISSING: sudo apt-get install ffmpeg"],
                ["prlimit", tools.Prlimit ?? "not there: decoders run without limits of memory and processor time (package util-linux)"],
                ["limits", string.Create(CultureInfo.InvariantCulture, $"{limits.MaxPixels >> 20} Mi pixels a frame, {limits.MaxFramesKept} frames kept, {Report.Bytes(limits.MaxDecodedBytes)} read, {limits.WallClock.TotalMinutes:0} min, decoder memory {Report.Bytes(limits.MaxMemory)}, processor time {limits.ProcessorTime.TotalMinutes:0} min")],
                ["families", string.Join(", ", ModelLoader.Names)],
                .. models.Select((model, i) => (IReadOnlyList<string>)[i == 0 ? "models" : "", model]),
            ]);
        }

        return tools.Ffmpeg is null || tools.Ffprobe is null ? ExitCode.CouldNotRun : ExitCode.Done;
    }

    private static string Version => typeof(DoctorCommand).Assembly.GetName().Version!.ToString(3);

    private static IEnumerable<string> FoundModels()
    {
        if (Models.Shipped() is { } shipped)
        {
            yield return $"{shipped} (shipped)";
        }

        foreach (var (id, directory) in HubCache.OfEnvironment().Models())
        {
            yield return $"{directory} (--model {id})";
        }
    }
}
