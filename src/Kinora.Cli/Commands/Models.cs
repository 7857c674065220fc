using Kinora.Cli.Terminal;
using Kinora.Media;
using Kinora.Models.Families;
using Kinora.Models.Weights;

namespace Kinora.Cli.Commands;

/// <summary>Finds and loads the model that a command works with.</summary>
internal static class Models
{
    /// <summary>The directory of the shipped model, or null if it was removed.</summary>
    public static string? Shipped() => Path.GetDirectoryName(Beside(Path.Combine("models", "toybox", "config.json")));

    /// <summary>A clip that ships as an example, or null if it was removed.</summary>
    public static string? Example(string name) => Beside(Path.Combine("examples", name));

    /// <summary>The directory to use.</summary>
    /// <exception cref="UsageException">None was given and none ships.</exception>
    public static string Directory(string? given)
        => given ?? Shipped() ?? throw new UsageException("The shipped model (models/toybox) is not there; give a checkpoint's directory with --model DIR.");

    /// <summary>Loads it, with progress when weights are converted.</summary>
    public static VisionLanguageModel Load(string directory, WeightFormat format)
    {
        var model = ModelLoader.Load(directory, format, bytes => ProgressLine.Show($"Loading {Path.GetFileName(Path.TrimEndingDirectorySeparator(directory))}: {Report.Bytes(bytes)}"));
        ProgressLine.Clear();
        return model;
    }

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
