using System.Text.Json;
using Kinora.Media;
using Kinora.Models.Families;
using Kinora.Models.Generation;
using Kinora.Models.Inputs;

namespace Kinora.Models.Verification.Families;

/// <summary>Golden cases of ShareCaptioner-Video: its modes with the pictures and questions that belong to them, and a whole chain of questions.</summary>
internal sealed class ShareCaptionerGolden : GoldenFamily
{
    private readonly ShareCaptioner model;
    private readonly MediaReader reader;
    private List<(Picture Picture, int Most)> pictures = [];
    private string? raw;
    private Picture? transformed;
    private (Picture Made, Picture Stored, int Left)? composed;

    public ShareCaptionerGolden(ShareCaptioner model, MediaReader reader)
        : base(model, reader)
    {
        (this.model, this.reader) = (model, reader);
        model.StopsAtTurnEnd = false;
    }

    /// <inheritdoc/>
    public override bool StoresExpandedIds => true;

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<VisualMedia>> MediaAsync(GoldenCase golden, JsonElement entry, CancellationToken cancellation)
    {
        var frames = await PicturesAsync(golden.FramesOf(entry), cancellation).ConfigureAwait(false);
        pictures = [];
        (transformed, composed) = (null, null);
        if (frames.Count == 0)
        {
            return [];
        }

        var mode = GoldenFiles.Text(entry, "mode");
        var picture = mode switch
        {
            "fast" => StackedFrames.Labelled(frames),
            "fast-grid" => StackedFrames.BatchGrid(frames),
            _ => frames.Count == 2 ? StackedFrames.Pair(frames[0], frames[1]) : frames[0],
        };
        if (GoldenFiles.Text(entry, "picture") is { } stored)
        {
            // Numbers beside the frames are in another font.
            var given = (await PicturesAsync([GoldenFiles.Inside(golden.Directory, stored)], cancellation).ConfigureAwait(false))[0].ToRgb();
            composed = (picture, given, mode == "fast" ? picture.Width - frames.Max(frame => frame.Width) : 0);
            picture = given;
        }

        if (GoldenFiles.Text(entry, "hd_picture") is { } file)
        {
            transformed = await reader.ReadPictureAsync(GoldenFiles.Inside(golden.Directory, file), cancellation).ConfigureAwait(false);
        }

        pictures = [(picture, Math.Clamp(entry.GetProperty("hd_num").GetInt32(), 1, ShareCaptioner.MostTiles))];
        return [new([picture], IsVideo: false)];
    }

    /// <inheritdoc/>
    public override VisualInput Prepare(GoldenCase golden, IReadOnlyList<VisualMedia> media) => model.Prepare(pictures);

    /// <inheritdoc/>
    public override int[] Tokenize(string prompt) => model.Tokenize(PictureSpans.Of(prompt, ShareCaptionerPrompt.Image), begins: true);

    /// <inheritdoc/>
    public override string Text(IReadOnlyList<int> ids)
    {
        raw = model.Tokenizer.Decode([.. ids], skipSpecialTokens: false);
        return ShareCaptionerPrompt.Answer(raw);
    }

    /// <inheritdoc/>
    public override void ComparePrompt(GoldenCase golden, CaseLedger ledger)
    {
        var asked = golden.Json.GetProperty("messages") is { ValueKind: JsonValueKind.Array } messages && messages.GetArrayLength() == 1 ? GoldenFiles.Text(messages[0], "text") : null;
        if (asked is null || golden.Prompt is not { } prompt)
        {
            return;
        }

        ledger.Announce("question");
        ledger.CompareText("question", "mode", Question(golden.Json, asked), asked);
        ledger.Announce("prompt");
        ledger.CompareText("prompt", "messages", string.Concat(ShareCaptionerPrompt.Open(asked, golden.Frames.Count > 0 ? 1 : 0, GoldenFiles.Text(golden.Json, "system")).Select(span => span.Text)), prompt);
    }

    /// <inheritdoc/>
    public override void CompareLayout(CaseLedger ledger, int[] ids, VisualInput? input)
    {
        base.CompareLayout(ledger, ids, input);
        ledger.CompareIds("image_mask", "sizes", [.. ids.Select(id => model.IsPlaceholder(id) ? 1 : 0)]);
        if (input is null)
        {
            return;
        }

        var unit = (HdUnit)input.Layout.Units[0];
        ledger.CompareIds("tile_grid", "sizes", [unit.Rows, unit.Columns]);
        if (transformed is { } expected)
        {
            var (picture, most) = pictures[0];
            Compare(ledger, "hd_picture", HdTransform.Apply(picture, most, model.TileSide), expected.ToRgb(), 0);
        }

        if (composed is { } pair)
        {
            Compare(ledger, "picture", pair.Made, pair.Stored, pair.Left);
        }
    }

    /// <inheritdoc/>
    public override void CompareAnswer(GoldenCase golden, CaseLedger ledger, int[] prompt, IReadOnlyList<int> written)
    {
        if (GoldenFiles.Text(golden.Json, "raw_text") is { } expected)
        {
            ledger.Announce("raw_text");
            ledger.CompareText("raw_text", "inputs", raw ?? "", expected);
        }

        if (golden.Mode == "greedy")
        {
            // The file is shared with the case of the beams, which compares them.
            ledger.SetAside("beam_ids");
            ledger.SetAside("beam_score");
        }
    }

    /// <summary>A chain of questions: each takes up the answer before, the last one all of them.</summary>
    public override async Task<bool> RunAsync(GoldenCase golden, CaseLedger ledger, StageLimits limits, CancellationToken cancellation)
    {
        if (GoldenFiles.Text(golden.Json, "mode") != "sliding")
        {
            return false;
        }

        var (number, answers) = (0, new List<string>());
        var steps = golden.Json.GetProperty("steps").EnumerateArray().ToList();
        foreach (var step in steps)
        {
            var question = (number, last: number == steps.Count - 1) switch
            {
                (_, true) => ShareCaptionerPrompt.Summary(answers),
                (0, _) => ShareCaptionerPrompt.First,
                _ => ShareCaptionerPrompt.Next(number - 1, answers[^1]),
            };
            var media = await MediaAsync(golden, step, cancellation).ConfigureAwait(false);
            var spans = ShareCaptionerPrompt.Open(question, media.Count);
            if (!limits.Rounded)
            {
                ledger.Announce($"step {number} prompt");
                ledger.CompareText($"step {number} prompt", "answers", string.Concat(spans.Select(span => span.Text)), GoldenFiles.Text(step, "prompt") ?? "");
            }

            using var session = new Session(model);
            using var input = media.Count > 0 ? model.Prepare(pictures) : null;
            using var visual = input is null ? null : session.Encode(input, null, cancellation);
            var ids = model.Expand(model.Tokenize(spans, begins: true), input?.Layout ?? VisualLayout.None);
            session.Read(ids, visual, null, cancellation);
            var options = new GenerationOptions
            {
                Beams = Math.Clamp(golden.Number("num_beams", 1), 1, 8),
                MaxNewTokens = Math.Clamp(golden.MaxNewTokens, 1, 512),
                LengthPenalty = golden.Real("length_penalty", 1),
                EarlyStopping = golden.Flag("early_stopping"),
                EndIds = model.EndIds,
            };
            var result = TextGenerator.Generate(session, options, null, cancellation);
            var answer = Text(result.Ids);
            answers.Add(answer);
            foreach (var name in (string[])[$"step_{number}_input_ids", $"step_{number}_beam_ids", $"step_{number}_beam_score"])
            {
                if (limits.Rounded)
                {
                    ledger.SetAside(name);
                }
            }

            if (!limits.Rounded)
            {
                ledger.CompareIds($"step_{number}_input_ids", "answers", ids);
                ledger.CompareIds($"step_{number}_beam_ids", "answers", result.Ids);
                ledger.Compare($"step_{number}_beam_score", "answers", [(float)result.Beams[0].Score], golden.Tolerance);
                ledger.Announce($"step {number} text");
                ledger.CompareText($"step {number} text", "answers", answer, GoldenFiles.Text(step, "text") ?? "");
                if (number == steps.Count - 1)
                {
                    ledger.CompareIds("beam_ids", "answers", result.Ids);
                    ledger.CompareText("text", "answers", answer, golden.Answer ?? "");
                }
            }

            number++;
        }

        return true;
    }

    /// <inheritdoc/>
    public override IEnumerable<(string Name, Func<CancellationToken, Task<CaseReport>> Run)> Lists(JsonElement manifest, string directory)
    {
        if (manifest.TryGetProperty("tokenizer_cases", out var texts))
        {
            yield return ("tokenizer", _ => Task.FromResult(TokenizerCases.Run(model.Tokenizer, texts)));
        }
    }

    private static string Question(JsonElement golden, string asked) => GoldenFiles.Text(golden, "mode") switch
    {
        "first" => ShareCaptionerPrompt.First,
        "fast" or "fast-grid" => ShareCaptionerPrompt.Fast,
        "sliding-step" => ShareCaptionerPrompt.Next(0, GoldenFiles.Text(golden, "previous_caption") ?? ""),
        "summary" => ShareCaptionerPrompt.Summary([.. golden.GetProperty("captions").EnumerateArray().Select(caption => caption.GetString() ?? "")]),
        "recaption" => ShareCaptionerPrompt.Recaption(GoldenFiles.Text(golden, "user_text") ?? ""),
        _ => asked,
    };

    /// <summary>Bytes of two pictures from a column on.</summary>
    private static void Compare(CaseLedger ledger, string name, Picture actual, Picture expected, int left)
    {
        ledger.Announce(name);
        ledger.CompareIds(name, "frames", Bytes(actual), Bytes(expected));

        int[] Bytes(Picture picture) => [picture.Width, picture.Height, .. picture.Pixels.Where((_, i) => i % picture.Stride >= 3 * left).Select(value => (int)value)];
    }
}
