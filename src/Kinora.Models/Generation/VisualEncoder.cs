using Kinora.Models.Families;
using Kinora.Models.Inputs;
using Kinora.Tensors;

namespace Kinora.Models.Generation;

/// <summary>Runs tower and connector over visual input, as much at a time as makes products efficient and memory small.</summary>
internal readonly struct VisualEncoder(VisionLanguageModel model, TensorOperations operations)
{
    // Several frames share the packing of weights.
    private const int RowsAtOnce = 2400;

    /// <summary>Fills the rows that stand in the sequence.</summary>
    /// <param name="input">The pixels.</param>
    /// <param name="visual">[tokens, hidden].</param>
    /// <param name="progress">Told the number of parts done, and of how many.</param>
    public void Run(VisualInput input, Tensor visual, Action<int, int>? progress)
    {
        var units = input.Layout.Units;
        var (pixel, token, done, all) = (0, 0, 0, units.Sum(unit => unit.Parts));
        for (var first = 0; first < units.Count;)
        {
            var (count, rows) = (1, units[first].TowerRows);
            while (first + count < units.Count && rows + units[first + count].TowerRows <= RowsAtOnce)
            {
                rows += units[first + count++].TowerRows;
            }

            var group = units.Skip(first).Take(count).ToList();
            var (pixels, tokens) = (group.Sum(unit => unit.PixelRows), group.Sum(unit => unit.Tokens));
            using var frame = operations.Begin();
            var before = done;
            var features = count == 1 && rows > RowsAtOnce && group[0].Parts > 1
                ? Parts(group[0], input.Pixels.Slice(pixel, pixels), parts => progress?.Invoke(before + parts, all))
                : model.Encode(operations, input.Pixels.Slice(pixel, pixels), group);
            operations.Copy(model.Connect(operations, features, group), visual.Rows(token, tokens));
            (first, pixel, token, done) = (first + count, pixel + pixels, token + tokens, done + group.Sum(unit => unit.Parts));
            progress?.Invoke(done, all);
        }
    }

    /// <summary>The features of a unit that is too large for one pass of the tower.</summary>
    private Tensor Parts(VisualUnit unit, Tensor pixels, Action<int> progress)
    {
        var features = operations.New(unit.FeatureRows, model.TowerWidth);
        var (atOnce, pixelRows, featureRows) = (Math.Max(1, RowsAtOnce * unit.Parts / unit.TowerRows), unit.PixelRows / unit.Parts, unit.FeatureRows / unit.Parts);
        for (var first = 0; first < unit.Parts; first += atOnce)
        {
            using var frame = operations.Begin();
            var count = Math.Min(atOnce, unit.Parts - first);
            operations.Copy(model.Encode(operations, pixels.Slice(first * pixelRows, count * pixelRows), [unit.Some(count)]), features.Rows(first * featureRows, count * featureRows));
            progress(first + count);
        }

        return features;
    }
}
