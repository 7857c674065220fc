using Kinora.Tensors;

namespace Kinora.Models.Inputs;

/// <summary>What the decoder is told of a prompt's rows beside their values.</summary>
/// <param name="Positions">Positions of several axes; null: the rows count on from those before them.</param>
/// <param name="Pictures">The rows that stand for pictures, ascending, for updates that are for those only; null: there are no such updates.</param>
public sealed record SequencePlaces(AxisPositions? Positions = null, IReadOnlyList<RowSpan>? Pictures = null)
{
    /// <summary>Some of the rows.</summary>
    public SequencePlaces Slice(int first, int count) => new(
        Positions?.Slice(first, count),
        Pictures is null ? null : [.. from span in Pictures
                                      let begin = Math.Max(first, span.First)
                                      let end = Math.Min(first + count, span.First + span.Count)
                                      where begin < end
                                      select new RowSpan(begin - first, end - begin)]);
}
