using Kinora.Models.Families;
using Kinora.Models.Weights;
using Kinora.Tensors;

namespace Kinora.Models.Planning;

/// <summary>Plans runs of one model directory, and refuses those that can't fit.</summary>
public sealed class RunPlanner : IDisposable
{
    private readonly Dictionary<WeightFormat, VisionLanguageModel> outlines = [];

    /// <summary>Prepares planning.</summary>
    /// <param name="directory">The model's directory.</param>
    public RunPlanner(string directory) => Directory = directory;

    /// <summary>The model's directory.</summary>
    public string Directory { get; }

    /// <summary>Size of one decoded picture in pixels; 1280x720 as long as no input is known.</summary>
    public (int Width, int Height) PictureSize { get; set; } = (1280, 720);

    /// <summary>Inputs whose decoded pictures are held at once: two where the next one is decoded while one is described.</summary>
    public int ClipsAtOnce { get; set; } = 1;

    /// <summary>The directory whose config.json holds, which may be that of an adapter; null: the model's own.</summary>
    public string? SettingsFrom { get; init; }

    /// <summary>Sets a model, or its outline, as the run wants it; null: it is as its files say.</summary>
    public Action<VisionLanguageModel>? Setup { get; init; }

    /// <summary>The model without its weights.</summary>
    /// <exception cref="Checkpoints.CheckpointException">As <see cref="ModelLoader.Load(string, WeightFormat, Action{long}, string, CancellationToken)"/>.</exception>
    public VisionLanguageModel Outline(WeightFormat weights)
    {
        if (outlines.TryGetValue(weights, out var known))
        {
            return known;
        }

        var outline = outlines[weights] = ModelLoader.Outline(Directory, weights, settings: SettingsFrom);
        Setup?.Invoke(outline);
        return outline;
    }

    /// <summary>The memory that a run will need.</summary>
    public MemoryPlan Plan(RunSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return MemoryPlan.Of(Outline(settings.Weights), new(settings.Frames, PictureSize.Width, PictureSize.Height, IsVideo: settings.Frames > 1), ClipsAtOnce, settings.Question, settings.Generation);
    }

    /// <summary>Refuses a run that needs more than there is.</summary>
    /// <param name="settings">The run.</param>
    /// <param name="available">Bytes that the process may have in all.</param>
    /// <returns>The plan, if it fits.</returns>
    /// <exception cref="NotEnoughMemoryException">It doesn't: says what takes how much, and which single changes would help.</exception>
    public MemoryPlan Require(RunSettings settings, long available)
    {
        var plan = Plan(settings);
        if (plan.PeakBytes <= available)
        {
            return plan;
        }

        var lines = plan.Lines.Where(line => line.Bytes > 0).OrderByDescending(line => line.Bytes).Take(5).Select(line => $"{line.What} {ByteSize.Text(line.Bytes)}");
        throw new NotEnoughMemoryException(
            $"{Directory}: {settings.Frames} frames, --max-tokens {settings.Generation.MaxNewTokens} and --weights {settings.Weights.Name()} take {ByteSize.Text(plan.PeakBytes)} of memory and {ByteSize.Text(available)} can be had ({string.Join(", ", lines)}); {Remedy(settings, available)}");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var outline in outlines.Values)
        {
            outline.Dispose();
        }
    }

    /// <summary>What would fit: single changes first, then all of them together.</summary>
    private string Remedy(RunSettings settings, long available)
    {
        const int FewTokens = 64;
        var generation = settings.Generation;
        var least = settings with { Weights = WeightFormat.Q4_0, Frames = Math.Min(1, settings.Frames), Generation = generation with { Beams = 1, MaxNewTokens = Math.Min(FewTokens, generation.MaxNewTokens) } };
        var changes = new List<string>();
        foreach (var weights in new[] { WeightFormat.AsStored, WeightFormat.Q8_0, WeightFormat.Q4_0 })
        {
            if (weights != settings.Weights && Fits(settings with { Weights = weights }))
            {
                changes.Add($"--weights {weights.Name()}");
            }
        }

        if (Most(settings.Frames, frames => settings with { Frames = frames }) is var frames and > 0)
        {
            changes.Add($"--frames {frames}");
        }

        if (Most(generation.MaxNewTokens, tokens => settings with { Generation = generation with { MaxNewTokens = tokens } }) is var tokens && tokens >= FewTokens)
        {
            changes.Add($"--max-tokens {tokens}");
        }

        if (generation.Beams > 1 && Fits(settings with { Generation = generation with { Beams = 1 } }))
        {
            changes.Add("--beams 1");
        }

        if (settings.Generation.Cache != StorageFormat.Q8_0 && Outline(settings.Weights).Decoder.Config.HeadSize % StorageFormats.BlockLength == 0
            && Fits(settings with { Generation = generation with { Cache = StorageFormat.Q8_0 } }))
        {
            changes.Add("--kv-cache q8_0");
        }

        return changes.Count > 0 ? $"it would fit with {string.Join(" or ", changes)}"
            : Fits(least) ? "use --weights q4_0 with fewer --frames and fewer --max-tokens"
            : $"the least that this model can do with, --weights q4_0 and one frame, takes {ByteSize.Text(Plan(least).PeakBytes)}; use a smaller model or a machine with more memory";

        bool Fits(RunSettings changed) => Plan(changed).PeakBytes <= available;

        // The largest number below the present one that fits, 0 if none does.
        int Most(int present, Func<int, RunSettings> change)
        {
            var (fits, fails) = (0, present);
            while (fails - fits > 1)
            {
                var middle = fits + ((fails - fits) / 2);
                (fits, fails) = Fits(change(middle)) ? (middle, fails) : (fits, middle);
            }

            return fits;
        }
    }
}
