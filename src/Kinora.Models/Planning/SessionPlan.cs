using Kinora.Models.Families;
using Kinora.Models.Generation;
using Kinora.Models.Inputs;
using Kinora.Models.Language;
using Kinora.Tensors;
using Kinora.Tensors.Planning;

namespace Kinora.Models.Planning;

/// <summary>What a conversation's first question will need beside the weights: found by letting a <see cref="Session"/> run dry.</summary>
public sealed record SessionPlan
{
    /// <summary>Pictures that are looked at.</summary>
    public required int Frames { get; init; }

    /// <summary>Places in the decoder's sequence before the answer.</summary>
    public required int PromptTokens { get; init; }

    /// <summary>The most tokens that are written.</summary>
    public required int NewTokens { get; init; }

    /// <summary>How keys and values are kept.</summary>
    public required StorageFormat CacheFormat { get; init; }

    /// <summary>Bytes of keys and values when the answer is as long as it may be.</summary>
    public required long CacheBytes { get; init; }

    /// <summary>Bytes of rotary angles and of one row of scores.</summary>
    public required long TableBytes { get; init; }

    /// <summary>Bytes that beams keep apart.</summary>
    public required long BeamBytes { get; init; }

    /// <summary>Bytes of the pixels as the tower takes them.</summary>
    public required long PixelBytes { get; init; }

    /// <summary>Bytes of the frames as they stand in the sequence.</summary>
    public required long VisualBytes { get; init; }

    /// <summary>Tower and connector, over all frames.</summary>
    public required ComputeNeeds Encode { get; init; }

    /// <summary>Reading frames and question.</summary>
    public required ComputeNeeds Read { get; init; }

    /// <summary>Writing one token in the middle of the answer.</summary>
    public required ComputeNeeds Write { get; init; }

    /// <summary>What the workspace must hold: it serves one phase after the other.</summary>
    public long WorkspaceBytes => Math.Max(Encode.WorkspaceBytes, Math.Max(Read.WorkspaceBytes, Write.WorkspaceBytes));

    /// <summary>What the kernels keep for packing.</summary>
    public long ScratchBytes => Math.Max(Encode.ScratchBytes, Math.Max(Read.ScratchBytes, Write.ScratchBytes));

    /// <summary>The most bytes at once: pixels are gone when the frames are encoded, and those are gone when they are read.</summary>
    public long PeakBytes => WorkspaceBytes + ScratchBytes + TableBytes + Math.Max(PixelBytes + VisualBytes, CacheBytes + Math.Max(VisualBytes, BeamBytes));

    /// <summary>Plans for a question.</summary>
    /// <param name="model">The model, or its outline.</param>
    /// <param name="ids">The question's ids, one for each place in the sequence.</param>
    /// <param name="layout">What its placeholders stand for.</param>
    /// <param name="frames">Pictures that are looked at.</param>
    /// <param name="options">How the answer is written.</param>
    public static SessionPlan Of(VisionLanguageModel model, ReadOnlySpan<int> ids, VisualLayout layout, int frames, GenerationOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentNullException.ThrowIfNull(options);
        var dryRun = new DryRun();
        using var session = new Session(model, new TensorOperations(dryRun), options.Cache);
        var (config, threads) = (model.Decoder.Config, session.Operations.Threads);
        session.Reserve(checked(ids.Length + TextGenerator.Room(options)));
        var input = layout.Items.Count > 0 ? new VisualInput(Tensor.WithoutMemory(model.PixelShape(layout)), layout) : null;
        var visual = input is null ? null : session.Encode(input);
        var encode = dryRun.Take(threads);
        session.Read(ids, visual);
        var read = dryRun.Take(threads);
        session.Cache!.Advance((TextGenerator.Room(options) - 1) / 2);
        session.Read(0);
        var write = dryRun.Take(threads);
        var format = session.Cache.Format;
        var most = (int)Math.Min(int.MaxValue, (long)ids.Length + options.MaxNewTokens);
        return new SessionPlan
        {
            Frames = frames,
            PromptTokens = ids.Length,
            NewTokens = options.MaxNewTokens,
            CacheFormat = format,
            CacheBytes = KeyValueCache.BytesFor(config, most, format),
            TableBytes = model.Decoder.AngleBytes(most) + (sizeof(float) * (long)config.VocabularySize),
            BeamBytes = options.Beams > 1 ? SessionBeams.BytesFor(config, options.Beams, options.MaxNewTokens, format) : 0,
            PixelBytes = input?.Pixels.Bytes ?? 0,
            VisualBytes = visual?.Rows.Bytes ?? 0,
            Encode = encode,
            Read = read,
            Write = write,
        };
    }
}
