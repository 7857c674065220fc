using System.Text.Json;
using Kinora.Media;
using Kinora.Models.Families;
using Kinora.Models.Inputs;

namespace Kinora.Models.Verification.Families;

/// <summary>Golden cases of Tarsier2: samples with settings of their own for pictures, and lists of pictures, sizes and frame choices.</summary>
internal sealed class Tarsier2Golden(Tarsier2 model, MediaReader reader) : Qwen2VlGolden(model, reader)
{
    // Bytes are bytes.
    private const double ByteLimit = 1e-7;

    private PictureShaping shaping = new();

    /// <inheritdoc/>
    protected override bool KindsAreStoredApart => false;

    /// <inheritdoc/>
    public override VisualInput Prepare(GoldenCase golden, IReadOnlyList<VisualMedia> media)
    {
        var settings = Settings(golden.Json);
        shaping = model.Shaping([.. media.Select(one => one.Shape)], settings);
        return model.Prepare(media, settings);
    }

    /// <inheritdoc/>
    public override void CompareLayout(CaseLedger ledger, int[] ids, VisualInput? input)
    {
        base.CompareLayout(ledger, ids, input);
        if (ledger.Has("capped_frame_0") && Media.Count > 0)
        {
            CompareBytes(ledger, "capped_frame_0", shaping.Apply(Media[0].Frames[0].ToRgb()));
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<(string Name, Func<CancellationToken, Task<CaseReport>> Run)> Lists(JsonElement manifest, string directory)
    {
        foreach (var list in base.Lists(manifest, directory))
        {
            yield return list;
        }

        if (manifest.TryGetProperty("picture_cases", out var pictures))
        {
            var file = GoldenFiles.Inside(directory, GoldenFiles.Text(manifest, "picture_expected") ?? throw new VerificationException("the manifest has picture_cases but names no picture_expected."));
            yield return ("pictures", cancellation => PicturesAsync(pictures, directory, file, cancellation));
        }

        if (manifest.TryGetProperty("smart_resize_cases", out var sizes))
        {
            yield return ("smart resize", _ => Task.FromResult(Sizes(sizes)));
        }

        if (manifest.TryGetProperty("frame_choice_cases", out var choices))
        {
            yield return ("frame choice", _ => Task.FromResult(Choices(choices)));
        }
    }

    private async Task<CaseReport> PicturesAsync(JsonElement cases, string directory, string expected, CancellationToken cancellation)
    {
        using var ledger = new CaseLedger(expected);
        foreach (var entry in cases.EnumerateArray())
        {
            var name = GoldenFiles.Text(entry, "name") ?? throw new VerificationException("a picture case has no name.");
            var picture = (await PicturesAsync([GoldenFiles.Inside(directory, GoldenFiles.Text(entry, "frame") ?? throw new VerificationException($"picture case '{name}' has no frame."))], cancellation).ConfigureAwait(false))[0].ToRgb();
            var shaped = model.Shaping([new(1, picture.Width, picture.Height, IsVideo: false)], Settings(entry)).Apply(picture);
            ledger.Announce($"{name} size");
            ledger.CompareIds($"{name} size", "picture", [shaped.Width, shaped.Height], [.. entry.GetProperty("size").EnumerateArray().Select(side => side.GetInt32())]);
            ledger.Require(name);
            CompareBytes(ledger, name, shaped);
        }

        return ledger.Report("pictures", null);
    }

    private static CaseReport Sizes(JsonElement cases)
    {
        using var ledger = new CaseLedger(null);
        foreach (var (number, entry) in cases.EnumerateArray().Index())
        {
            var name = $"{number}";
            ledger.Announce(name);
            string actual;
            try
            {
                var (width, height) = SmartResize.Fit(Number("width"), Number("height"), Number("factor"), Number("min_pixels"), Number("max_pixels"));
                actual = $"[{height}, {width}]";
            }
            catch (ArgumentException)
            {
                actual = "an error";
            }

            var result = entry.TryGetProperty("result", out var value) ? value : default;
            ledger.CompareText(name, "size", actual, result.ValueKind == JsonValueKind.Array ? $"[{string.Join(", ", result.EnumerateArray().Select(side => side.GetInt32()))}]" : "an error");

            int Number(string key) => entry.GetProperty(key).GetInt32();
        }

        return ledger.Report("smart resize", null);
    }

    private static CaseReport Choices(JsonElement cases)
    {
        // A list of a billion indices would fill the memory.
        const int Most = 1 << 20;
        using var ledger = new CaseLedger(null);
        foreach (var (number, entry) in cases.EnumerateArray().Index())
        {
            var (total, count) = (entry.GetProperty("total").GetInt32(), entry.GetProperty("n").GetInt32());
            if (count > Most)
            {
                throw new VerificationException($"frame choice {number} wants {count} frames; at most {Most} are chosen.");
            }

            ledger.Announce($"{number}");
            var chosen = new Tarsier2Frames { Middles = GoldenFiles.Text(entry, "sampler") == "v2" }.Choose(total, 1, count);
            ledger.CompareIds($"{number}", "counts", chosen, [.. entry.GetProperty("indices").EnumerateArray().Select(index => index.GetInt32())]);
        }

        return ledger.Report("frame choice", null);
    }

    private static void CompareBytes(CaseLedger ledger, string name, Picture picture)
        => ledger.Compare(name, "picture", [.. picture.Pixels.Select(value => (float)value)], ByteLimit);

    /// <summary>The settings of an entry; what it leaves out is the model's.</summary>
    private PictureShaping Settings(JsonElement entry)
    {
        var settings = model.Configuration.Shaping;
        if (!entry.TryGetProperty("image_processing", out var own))
        {
            return settings;
        }

        return settings with
        {
            Crop = Flag("do_crop", settings.Crop),
            Pad = Flag("do_padding", settings.Pad),
            Stretch = Flag("do_resize", settings.Stretch),
            LeastPixels = Number("min_pixels", settings.LeastPixels),
            MostPixels = Number("max_pixels", settings.MostPixels),
        };

        bool Flag(string key, bool absent) => own.TryGetProperty(key, out var value) ? value.ValueKind == JsonValueKind.True : absent;

        long Number(string key, long absent) => own.TryGetProperty(key, out var value) && value.TryGetInt64(out var number) ? Math.Clamp(number, 0, 1 << 24) : absent;
    }
}
