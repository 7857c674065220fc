using System.Text.Json;
using Kinora.Media;
using Kinora.Models.Families;
using Kinora.Models.Inputs;
using Kinora.Tensors;

namespace Kinora.Models.Verification.Families;

/// <summary>Golden cases of the LLaVA line: pictures, grids of frames, both ways of looking at tiles, and what follows from sizes.</summary>
internal sealed class LlavaGolden(Llava model, MediaReader reader) : GoldenFamily(model, reader)
{
    private const string Image = "<image>";

    // What Python's strip() takes off beside what .NET's Trim() does.
    private static readonly char[] separators = ['\u001c', '\u001d', '\u001e', '\u001f'];

    private readonly MediaReader reader = reader;
    private IReadOnlyList<VisualShape> shapes = [];
    private string? raw;

    public override IDisposable Begin(GoldenCase golden)
    {
        raw = GoldenFiles.Text(golden.Json, "text_without_clean_up");
        var before = model.OverviewOnly;
        model.OverviewOnly = GoldenFiles.Text(golden.Json, "visual_path") == "overview";
        return new Undo(() => model.OverviewOnly = before);
    }

    public override async Task<IReadOnlyList<VisualMedia>> MediaAsync(GoldenCase golden, JsonElement entry, CancellationToken cancellation)
    {
        var frames = await PicturesAsync(golden.FramesOf(entry), cancellation).ConfigureAwait(false);
        IReadOnlyList<VisualMedia> media = frames.Count == 0 ? [] : [new(frames, frames.Count > 1)];
        shapes = [.. media.Select(one => one.Shape)];
        return media;
    }

    /// <summary>The original's page puts a mark into every turn, of which each takes the next tile of the one picture.</summary>
    public override VisualInput Prepare(GoldenCase golden, IReadOnlyList<VisualMedia> media)
    {
        var marks = golden.Json.TryGetProperty("image_every_turn", out var every) && every.ValueKind == JsonValueKind.True ? (golden.Prompt ?? "").Split(Image).Length - 1 : 1;
        if (marks < 2)
        {
            return model.Prepare(media);
        }

        var one = model.Plan(shapes);
        model.OverviewOnly = false;
        using var tiles = model.Prepare(media);
        model.OverviewOnly = true;
        var layout = VisualLayout.Join(Enumerable.Repeat(one, marks));
        var pixels = Tensor.Allocate(model.PixelShape(layout));
        tiles.Pixels.Slice(0, marks).AsSpan().CopyTo(pixels.AsSpan());
        return new(pixels, layout);
    }

    public override int[] Tokenize(string prompt) => model.Tokenize(PictureSpans.Of(prompt, Image), begins: true);

    public override string Text(IReadOnlyList<int> ids) => Strip(base.Text(ids));

    public override void CompareLayout(CaseLedger ledger, int[] ids, VisualInput? input)
    {
        if (input is null)
        {
            return;
        }

        CompareSpans(ledger, ids, input.Layout);
        if (raw is not null)
        {
            ledger.Announce("text_without_clean_up");
            ledger.CompareText("text_without_clean_up", "generated_ids", model.Tokenizer.Decode(ledger.Ids("generated_ids"), skipSpecialTokens: true, cleanUp: false), raw);
        }

        if (model.Tiles is not { } tiles)
        {
            return;
        }

        var shape = shapes[0];
        var (width, height) = shape.IsVideo ? FrameGrid.Size(shape.Frames, shape.Width, shape.Height) : (shape.Width, shape.Height);
        var best = tiles.Best(width, height);
        var (grid, columns, rows) = (model.Grid, best.Width / tiles.Side, best.Height / tiles.Side);
        var padding = AnyResolution.Padding(columns * grid, rows * grid, width, height);
        ledger.CompareIds("image_size", "sizes", [width, height]);
        ledger.CompareIds("best_resolution", "sizes", [best.Width, best.Height]);
        ledger.CompareIds("tile_grid", "sizes", [columns, rows]);
        ledger.CompareIds("padded_map", "sizes", [rows * grid, columns * grid]);
        ledger.CompareIds("unpadded_map", "sizes", [(rows * grid) - (2 * padding.Rows), (columns * grid) - (2 * padding.Columns)]);
        var width1 = (columns * grid) - (2 * padding.Columns) + 1;
        ledger.CompareIds("newline_positions", "sizes", [.. Enumerable.Range(1, (rows * grid) - (2 * padding.Rows)).Select(row => (grid * grid) + (row * width1) - 1)]);
    }

    public override IEnumerable<(string Name, Func<CancellationToken, Task<CaseReport>> Run)> Lists(JsonElement manifest, string directory)
    {
        if (GoldenFiles.Text(manifest, "tables") is { } tables)
        {
            yield return ("tables", _ => Task.FromResult(Tables(GoldenFiles.Read(GoldenFiles.Inside(directory, tables)))));
        }

        foreach (var entry in manifest.GetProperty("cases").EnumerateArray().Where(entry => GoldenFiles.Text(entry, "grid") is not null))
        {
            var golden = new GoldenCase(directory, entry);
            yield return ($"grid of {golden.Name}", token => GridAsync(golden, GoldenFiles.Inside(directory, GoldenFiles.Text(entry, "grid")!), token));
        }

        if (manifest.TryGetProperty("tokenizer_cases", out var texts))
        {
            yield return ("tokenizer", _ => Task.FromResult(TokenizerCases.Run(model.Tokenizer, texts)));
        }
    }

    private static void CompareIds(CaseLedger ledger, string name, IReadOnlyList<int> actual, JsonElement expected)
    {
        ledger.Announce(name);
        ledger.CompareIds(name, "tables", actual, [.. expected.EnumerateArray().Select(value => value.GetInt32())]);
    }

    private static string Strip(string text)
    {
        string before;
        do
        {
            before = text;
            text = text.Trim().Trim(separators);
        }
        while (text != before);
        return text;
    }

    private async Task<CaseReport> GridAsync(GoldenCase golden, string file, CancellationToken cancellation)
    {
        using var ledger = new CaseLedger(null);
        var grid = FrameGrid.Compose(await PicturesAsync(golden.Frames, cancellation).ConfigureAwait(false));
        var expected = (await reader.ReadPictureAsync(file, cancellation).ConfigureAwait(false)).ToRgb();
        ledger.Announce("grid");
        ledger.CompareIds("grid", "frames", [grid.Width, grid.Height, .. grid.Pixels.Select(value => (int)value)], [expected.Width, expected.Height, .. expected.Pixels.Select(value => (int)value)]);
        return ledger.Report($"grid of {golden.Name}", null);
    }

    private static CaseReport Tables(JsonElement tables)
    {
        const int Side = 336;
        const int Grid = 24;
        using var ledger = new CaseLedger(null);
        var tiles = new AnyResolution(Side, [.. tables.GetProperty("pinpoints").EnumerateArray().Select(pair => (pair[0].GetInt32(), pair[1].GetInt32()))]);
        foreach (var entry in tables.GetProperty("anyres").EnumerateArray())
        {
            var (width, height) = (entry.GetProperty("size")[0].GetInt32(), entry.GetProperty("size")[1].GetInt32());
            var best = tiles.Best(width, height);
            var (columns, rows) = (best.Width / Side * Grid, best.Height / Side * Grid);
            var padding = AnyResolution.Padding(columns, rows, width, height);
            var (keptRows, keptColumns) = (rows - (2 * padding.Rows), columns - (2 * padding.Columns));
            CompareIds(ledger, $"best of {width}x{height}", [best.Width, best.Height], entry.GetProperty("best"));
            CompareIds(ledger, $"map of {width}x{height}", [keptRows, keptColumns], entry.GetProperty("unpadded_map_rows_cols"));
            ledger.Announce($"tokens of {width}x{height}");
            ledger.CompareIds($"tokens of {width}x{height}", "tables", [(Grid * Grid) + (keptRows * (keptColumns + 1))], [entry.GetProperty("tokens").GetInt32()]);
        }

        foreach (var entry in tables.GetProperty("limit_1920").EnumerateArray())
        {
            var (width, height) = (entry.GetProperty("grid")[0].GetInt32(), entry.GetProperty("grid")[1].GetInt32());
            var limited = FrameGrid.Limit(width, height);
            CompareIds(ledger, $"limit of {width}x{height}", [limited.Width, limited.Height], entry.GetProperty("limited"));
        }

        foreach (var entry in tables.GetProperty("frame_index_a_16_segments").EnumerateObject())
        {
            CompareIds(ledger, $"frames of {entry.Name}", GridIndices.Choose(int.Parse(entry.Name, System.Globalization.CultureInfo.InvariantCulture), Llava.GridFrames), entry.Value);
        }

        return ledger.Report("tables", null);
    }

    private void CompareSpans(CaseLedger ledger, int[] ids, VisualLayout layout)
    {
        var (spans, item) = (new List<int>(), 0);
        for (var place = 0; place < ids.Length; place++)
        {
            if (model.IsPlaceholder(ids[place]))
            {
                spans.AddRange([place, layout.Items[item].Tokens]);
                place += layout.Items[item++].Tokens - 1;
            }
        }

        ledger.CompareIds("image_spans", "sizes", spans);
    }

    private sealed class Undo(Action undo) : IDisposable
    {
        public void Dispose() => undo();
    }
}
