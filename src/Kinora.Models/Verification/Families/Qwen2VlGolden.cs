using System.Text.Json;
using Kinora.Media;
using Kinora.Models.Families;
using Kinora.Models.Inputs;
using Kinora.Models.Vision;
using Kinora.Tensors;

namespace Kinora.Models.Verification.Families;

/// <summary>Golden cases of Qwen2-VL's network: pictures and videos in the parts of messages, grids, positions of three axes, and tensors that are stored by kind of media.</summary>
internal class Qwen2VlGolden(Qwen2VlModel model, MediaReader reader) : GoldenFamily(model, reader)
{
    private const string EndToEnd = "inputs";

    // Angles are one product of float32 numbers.
    private const double AngleLimit = 1e-6;

    // By patches, then by tokens.
    private static readonly string[] towerTensors = ["vision_rotary_angles", "patch_embed_output", "vision_block_0_output", "vision_output"];

    /// <summary>What the case at hand is about.</summary>
    protected IReadOnlyList<VisualMedia> Media { get; private set; } = [];

    /// <summary>Whether videos have names of their own among the stored tensors.</summary>
    protected virtual bool KindsAreStoredApart => true;

    /// <inheritdoc/>
    public override IDisposable? Begin(GoldenCase golden)
    {
        Media = [];
        return null;
    }

    /// <summary>The parts of all messages in order; a case without parts is about its frames.</summary>
    public override async Task<IReadOnlyList<VisualMedia>> MediaAsync(GoldenCase golden, JsonElement entry, CancellationToken cancellation)
    {
        var media = new List<VisualMedia>();
        if (entry.TryGetProperty("messages", out var messages) && messages.ValueKind == JsonValueKind.Array)
        {
            foreach (var part in messages.EnumerateArray().Where(message => message.TryGetProperty("parts", out _)).SelectMany(message => message.GetProperty("parts").EnumerateArray()))
            {
                if (GoldenFiles.Text(part, "type") is { } type && (type is "image" or "video"))
                {
                    media.Add(new(await PicturesAsync(golden.FramesOf(part), cancellation).ConfigureAwait(false), type == "video"));
                }
            }
        }

        if (media.Count == 0 && await PicturesAsync(golden.FramesOf(entry), cancellation).ConfigureAwait(false) is { Count: > 0 } frames)
        {
            media.Add(new(frames, GoldenFiles.Text(entry, "media") is { } kind ? kind == "video" : frames.Count > 1));
        }

        return Media = media;
    }

    /// <inheritdoc/>
    public override void Join(CaseLedger ledger, VisualLayout layout)
    {
        if (!KindsAreStoredApart)
        {
            return;
        }

        // The reference runs its tower once per kind; only then tensors are named after the kind.
        var (images, videos) = Media.Any(one => one.IsVideo) && !Media.All(one => one.IsVideo) ? ("_images", "_videos") : ("", "");
        var patches = model.Vision.MergeSize * model.Vision.MergeSize;
        Join("pixel_values", "pixel_values", "pixel_values_videos", patches);
        foreach (var name in towerTensors)
        {
            Join(name, name + images, name + videos, patches);
        }

        Join("connector_output", $"connector_output{images}", $"connector_output{videos}", 1);

        void Join(string name, string ofImages, string ofVideos, int rowsPerToken)
        {
            var (image, video, parts) = (0, 0, new List<(string, int, int)>());
            foreach (var (one, item) in Media.Zip(layout.Items))
            {
                var rows = item.Tokens * rowsPerToken;
                parts.Add(one.IsVideo ? (ofVideos, video, rows) : (ofImages, image, rows));
                (image, video) = one.IsVideo ? (image, video + rows) : (image + rows, video);
            }

            ledger.Join(name, parts);
        }
    }

    /// <inheritdoc/>
    public override void CompareLayout(CaseLedger ledger, int[] ids, VisualInput? input)
    {
        int[] counting = [.. Enumerable.Range(0, ids.Length)];
        var positions = model.PlacesOf(ids, input?.Layout, 0)?.Positions ?? new AxisPositions([counting, counting, counting]);
        ledger.CompareIds("position_ids", EndToEnd, [.. positions.Axes.SelectMany(axis => axis)]);
        ledger.CompareIds("rope_deltas", EndToEnd, [positions.Next - ids.Length]);
        if (input is null)
        {
            return;
        }

        var (images, videos) = (new GridList(), new GridList());
        var unit = 0;
        foreach (var (one, item) in Media.Zip(input.Layout.Items))
        {
            var slice = (PatchSlice)input.Layout.Units[unit];
            (one.IsVideo && KindsAreStoredApart ? videos : images).Add(item.Time, slice.Rows, slice.Columns);
            unit += item.Time;
        }

        var both = images.Grids.Count > 0 && videos.Grids.Count > 0;
        foreach (var (list, grids, suffix) in new[] { (images, "image_grid_thw", "_images"), (videos, "video_grid_thw", "_videos") })
        {
            if (list.Grids.Count > 0)
            {
                ledger.CompareIds(grids, EndToEnd, list.Grids);
                ledger.CompareIds($"cu_seqlens{(both ? suffix : "")}", EndToEnd, list.Boundaries);
            }
        }

        CompareAngles(ledger, input.Layout);
    }

    /// <inheritdoc/>
    public override IEnumerable<(string Name, Func<CancellationToken, Task<CaseReport>> Run)> Lists(JsonElement manifest, string directory)
    {
        if (manifest.TryGetProperty("tokenizer_cases", out var cases))
        {
            yield return ("tokenizer", _ => Task.FromResult(TokenizerList(cases)));
        }
    }

    private void CompareAngles(CaseLedger ledger, VisualLayout layout)
    {
        var (rows, columns, first) = (new int[layout.PixelRows], new int[layout.PixelRows], 0);
        foreach (var slice in layout.Units.Cast<PatchSlice>())
        {
            slice.Places(model.Vision.MergeSize, rows.AsSpan(first), columns.AsSpan(first));
            first += slice.PixelRows;
        }

        using var angles = Tensor.Allocate(new Shape(layout.PixelRows, model.Vision.HeadSize / 2));
        RotaryAngles.AnglesOfGrid(rows, columns, Qwen2VisionConfig.RopeTheta, angles);
        ledger.Compare("vision_rotary_angles", EndToEnd, angles.AsSpan(), AngleLimit);
    }

    /// <summary>Texts and their ids without anything around them; decoding leaves special tokens out.</summary>
    private CaseReport TokenizerList(JsonElement cases)
    {
        using var ledger = new CaseLedger(null);
        foreach (var (number, entry) in cases.EnumerateArray().Index())
        {
            int[] ids = [.. entry.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];
            ledger.Announce($"{number} ids");
            ledger.CompareIds($"{number} ids", "text", Model.Tokenizer.Encode(GoldenFiles.Text(entry, "text") ?? throw new VerificationException("a tokenizer case has no text."), addSpecialTokens: true), ids);
            if (GoldenFiles.Text(entry, "decoded") is { } decoded)
            {
                ledger.Announce($"{number} decoded");
                ledger.CompareText($"{number} decoded", "ids", Model.Tokenizer.Decode(ids, skipSpecialTokens: true), decoded);
            }
        }

        return ledger.Report("tokenizer", null);
    }

    /// <summary>Grids of items, and where their steps of time end.</summary>
    private sealed class GridList
    {
        public List<int> Grids { get; } = [];

        public List<int> Boundaries { get; } = [0];

        public void Add(int time, int rows, int columns)
        {
            Grids.AddRange([time, rows, columns]);
            for (var step = 0; step < time; step++)
            {
                Boundaries.Add(Boundaries[^1] + (rows * columns));
            }
        }
    }
}
