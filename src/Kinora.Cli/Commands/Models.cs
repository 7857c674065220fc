using Kinora.Cli.Terminal;
using Kinora.Media;
using Kinora.Models.Checkpoints;
using Kinora.Models.Families;
using Kinora.Models.Generation;
using Kinora.Models.Planning;
using Kinora.Models.Weights;

namespace Kinora.Cli.Commands;

/// <summary>Finds and loads the model that a command works with.</summary>
internal static class Models
{
    /// <summary>The directory of the shipped model, or null if it was removed.</summary>
    public static string? Shipped() => Path.GetDirectoryName(Beside(Path.Combine("models", "toybox", "config.json")));

    /// <summary>A clip that ships as an example, or null if it was removed.</summary>
    public static string? Example(string name) => Beside(Path.Combine("examples", name));

    /// <summary>The directory to use: the one that was given, else that of a model of this name in the hub's local cache.</summary>
    /// <exception cref="UsageException">None was given and none ships.</exception>
    /// <exception cref="CheckpointException">Neither a directory nor a model in the cache.</exception>
    public static string Directory(string? given)
    {
        if (given is null)
        {
            return Shipped() ?? throw new UsageException("The shipped model (models/toybox) is not there; give a checkpoint's directory with --model DIR.");
        }

        var cache = HubCache.OfEnvironment();
        return Path.Exists(given) || !HubCache.IsId(given) ? given
            : cache.Find(given) ?? throw new CheckpointException(given, $"is no directory, and the hub's cache in {cache.Directory} has no model of that name; download it there with the hub's own tools, or give a directory");
    }

    /// <summary>Loads it, with progress when weights are converted.</summary>
    public static VisionLanguageModel Load(string directory, WeightFormat format, CancellationToken cancellation, string? settings = null)
    {
        var model = ModelLoader.Load(directory, format, bytes => ProgressLine.Show($"Loading {Path.GetFileName(Path.TrimEndingDirectorySeparator(directory))}: {Report.Bytes(bytes)}"), settings, cancellation);
        ProgressLine.Clear();
        foreach (var note in model.Notes)
        {
            Messages.Hint($"Note: {Messages.Clean(note)}.");
        }

        return model;
    }

    /// <summary>Loads it if a run with these inputs can fit the memory; each input is looked at more closely when its frames are known.</summary>
    /// <exception cref="Kinora.Models.Planning.NotEnoughMemoryException">No input can fit.</exception>
    public static VisionLanguageModel LoadToRun(RunPlanner planner, WeightFormat weights, FrameRequest request, IReadOnlyList<string> inputs, GenerationOptions generation, string? question, CancellationToken cancellation)
    {
        var frames = inputs.Any(input => MediaExtensions.IsPicture(input) || System.IO.Directory.Exists(input)) ? 1 : FramesAtLeast(request, planner.Outline(weights).DefaultFrames);
        var available = AvailableMemory.InUse() + AvailableMemory.Headroom();
        var plan = planner.Require(new RunSettings(weights, frames, generation, question), available);
        if (plan.PeakBytes + plan.MappedBytes > available)
        {
            Messages.Hint($"Note: {Report.Bytes(plan.MappedBytes)} of weights stay in their files and don't fit beside the {Report.Bytes(plan.PeakBytes)} of memory that the run takes, as {Report.Bytes(available)} can be had; they will be read from the disk again and again. --weights q8_0 or q4_0 takes less.");
        }

        var model = Load(planner.Directory, weights, cancellation, planner.SettingsFrom);
        planner.Setup?.Invoke(model);
        return model;
    }

    /// <summary>The frames that a rule gives any video; 1 if that depends on its length.</summary>
    public static int FramesAtLeast(FrameRequest request, int modelDefault) => request.Rule.Kind switch
    {
        FrameRuleKind.Every => 1,
        FrameRuleKind.At => request.Rule.Times.Count,
        _ => request.WithDefault(modelDefault).Count,
    };

    /// <summary>A file in one of the directories above the program.</summary>
    private static string? Beside(string name)
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (Path.Combine(directory.FullName, name) is var candidate && File.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }

    /// <summary>Says in one line what a small model knows when the input is none of that.</summary>
    /// <returns>Whether it was said.</returns>
    public static bool WarnIfUnknown(ModelCard? card, MediaInfo media)
    {
        const double Tolerance = 0.01;
        if (card is null || (media.Width == card.Width && media.Height == card.Height
            && (media.Kind != MediaKind.Video || Math.Abs(media.AverageRate.Value - card.Rate) < Tolerance)))
        {
            return false;
        }

        Messages.Hint($"Note: the small model {card.Name} knows only {card.Knows}; for real videos give a real checkpoint: --model /path/to/Tarsier-7b");
        return true;
    }
}
