using Kinora.Models.Families;
using Kinora.Models.Generation;
using Kinora.Models.Inputs;
using Kinora.Models.Weights;
using Kinora.Tensors;

namespace Kinora.Models.Planning;

/// <summary>What a run will need of memory, known before any weight is read.</summary>
/// <remarks>
/// Sizes come from where the engine decides them: weights from <see cref="WeightLoader"/> on headers alone, the rest from a
/// <see cref="Session"/> that runs dry. Only <see cref="ProcessBytes"/> is a constant, and it was measured.
/// </remarks>
public sealed record MemoryPlan
{
    /// <summary>Runtime, compiled code, tokenizer and small objects; measured as the memory of runs with the shipped model less what the plan counts, with room for a tokenizer of real size.</summary>
    public const long ProcessBytes = 32L << 20;

    /// <summary>Weights by part, in the order of <see cref="WeightPart"/>.</summary>
    public required IReadOnlyList<(WeightPart Part, long Bytes, long MappedBytes)> Weights { get; init; }

    /// <summary>The largest tensor that is converted while loading: its pages are in use until it is.</summary>
    public required long LargestConverted { get; init; }

    /// <summary>The decoded frames.</summary>
    public required long PictureBytes { get; init; }

    /// <summary>The rest.</summary>
    public required SessionPlan Session { get; init; }

    /// <summary>The lines of the plan.</summary>
    public IReadOnlyList<MemoryLine> Lines =>
    [
        .. Weights.Select(part => new MemoryLine($"weights: {part.Part.ToString().ToLowerInvariant()}", part.Bytes, part.MappedBytes)),
        new($"key-value cache ({Session.CacheFormat.Name()}, {Session.PromptTokens} + {Session.NewTokens} tokens)", Session.CacheBytes),
        .. Session.BeamBytes > 0 ? [new MemoryLine("beams", Session.BeamBytes)] : Array.Empty<MemoryLine>(),
        new("frames: decoded pictures", PictureBytes),
        new("frames: pixels for the tower", Session.PixelBytes),
        new("frames: visual tokens", Session.VisualBytes),
        new("activations: tower", Session.Encode.WorkspaceBytes),
        new("activations: reading", Session.Read.WorkspaceBytes),
        new("activations: writing", Session.Write.WorkspaceBytes),
        new("matrix products", Session.ScratchBytes),
        new("angles and scores", Session.TableBytes),
        new("program", ProcessBytes),
    ];

    /// <summary>Weights that get memory of their own.</summary>
    public long ConvertedBytes => Weights.Sum(part => part.Bytes);

    /// <summary>Pages of files that are read again and again.</summary>
    public long MappedBytes => Weights.Sum(part => part.MappedBytes);

    /// <summary>The most memory while loading, the pages of the tensor at hand included.</summary>
    public long LoadingPeakBytes => ProcessBytes + ConvertedBytes + LargestConverted;

    /// <summary>The most memory of the process's own at once: not the sum of the lines, as phases follow each other.</summary>
    public long PeakBytes => ProcessBytes + ConvertedBytes + PictureBytes + Session.PeakBytes;

    /// <summary>Plans a run.</summary>
    /// <param name="model">The model's outline, or the model itself.</param>
    /// <param name="media">What is looked at; nothing if it has no frames.</param>
    /// <param name="clipsAtOnce">How many such media are decoded at once.</param>
    /// <param name="question">What is asked; null: the family's request for a description.</param>
    /// <param name="options">How the answer is written.</param>
    public static MemoryPlan Of(VisionLanguageModel model, VisualShape media, int clipsAtOnce, string? question, GenerationOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        VisualShape[] all = media.Frames > 0 ? [media] : [];
        var layout = model.Plan(all);
        var ids = model.Expand(model.Tokenize(model.FirstPrompt(question ?? model.DescribePrompt(media.IsVideo), all), begins: true), layout);
        return new MemoryPlan
        {
            Weights = [.. Enum.GetValues<WeightPart>().Select(part => Part(model.Weights, part))],
            LargestConverted = model.Weights.LargestConverted,
            PictureBytes = 3L * clipsAtOnce * media.Frames * media.Width * media.Height,
            Session = SessionPlan.Of(model, ids, layout, media.Frames, options),
        };
    }

    private static (WeightPart Part, long Bytes, long MappedBytes) Part(WeightLoader weights, WeightPart part)
    {
        var all = weights.Sizes.Where(size => size.Key.Part == part).Sum(size => size.Value.Bytes);
        var converted = weights.ConvertedBytes.GetValueOrDefault(part);
        return (part, converted, all - converted);
    }
}
