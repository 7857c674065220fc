using Kinora.Models.Families;
using Kinora.Models.Inputs;
using Kinora.Tensors;
using Kinora.Training.Data;

namespace Kinora.Training.Trainers;

/// <summary>
/// Samples packed one behind the other without padding: what one pass through the model takes. What lies before the first learned token of
/// a sample is its prefix, of which the decoder's last block computes keys and values only; several samples may branch off one prefix.
/// </summary>
public sealed class PackedBatch
{
    private readonly int[] prefixes;
    private readonly int[] counts;
    private readonly int[] branches;

    private PackedBatch(Packing packing)
    {
        (prefixes, counts, branches) = ([.. packing.Prefixes], [.. packing.Counts], [.. packing.Branches]);
        (Ids, Lengths) = ([.. packing.Ids], [.. packing.Lengths]);
        (Rows, BranchRows, Labels, Samples) = ([.. packing.Rows], [.. packing.BranchRows], [.. packing.Labels], [.. packing.Samples]);
    }

    /// <summary>Token ids of all samples, one for each position.</summary>
    public int[] Ids { get; }

    /// <summary>Positions of each sequence.</summary>
    public int[] Lengths { get; }

    /// <summary>The positions, in the packed sequence, whose next token is learned.</summary>
    public int[] Rows { get; }

    /// <summary>The same as numbers among the rows behind the prefixes, which are all that the decoder gives.</summary>
    public int[] BranchRows { get; }

    /// <summary>The token behind each of <see cref="Rows"/>.</summary>
    public int[] Labels { get; }

    /// <summary>The number of the sample that each of <see cref="Rows"/> belongs to; each branch is a sample.</summary>
    public int[] Samples { get; }

    /// <summary>Packs samples.</summary>
    /// <param name="samples">Ids, one for each position, and labels of the same length.</param>
    public static PackedBatch Of(IReadOnlyList<(int[] Ids, int[] Labels)> samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        var packing = new Packing();
        foreach (var (ids, labels) in samples)
        {
            packing.Add(ids, labels);
        }

        return new(packing);
    }

    /// <summary>Packs samples that share prefixes.</summary>
    /// <param name="sequences">Of each sequence the ids of its prefix, and those of its branches with labels of the same length; nothing predicts the first token of a branch.</param>
    /// <exception cref="ArgumentException">The first token of a branch has a label.</exception>
    public static PackedBatch OfBranches(IReadOnlyList<(int[] Prefix, IReadOnlyList<(int[] Ids, int[] Labels)> Branches)> sequences)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        var packing = new Packing();
        foreach (var (prefix, branches) in sequences)
        {
            if (branches.FirstOrDefault(branch => branch.Labels is [not EncodedSample.Ignored, ..]).Ids is { } ids)
            {
                throw new ArgumentException($"The first token of a branch, {ids[0]}, has a label, but only rows of the branch predict; let the branch begin a token earlier.", nameof(sequences));
            }

            packing.Add(prefix, branches);
        }

        return new(packing);
    }

    /// <summary>How the rows divide; lives in the workspace until the innermost frame ends.</summary>
    public Sequences Divide(TensorOperations operations) => operations.Divide(prefixes, counts, branches);

    /// <summary>What the decoder has to know of the rows beside their values: positions along several axes begin anew with each sequence, and each branch goes on from its prefix.</summary>
    /// <param name="model">The model.</param>
    /// <param name="pictures">The pictures of all sequences in order.</param>
    /// <param name="copies">How often they stand in the batch, one whole row of them after the other.</param>
    /// <returns>Null for most models: the rows count on.</returns>
    public SequencePlaces? Places(VisionLanguageModel model, VisualLayout pictures, int copies = 1)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(pictures);
        var places = model.PlacesOf(Ids, pictures, 0);
        if (places?.Positions is null)
        {
            return places;
        }

        var items = new Queue<VisualItem>(Enumerable.Repeat(pictures.Items, copies).SelectMany(all => all));
        int[][] axes = [.. places.Positions.Axes.Select(axis => new int[axis.Length])];
        var (row, branch) = (0, 0);
        for (var sequence = 0; sequence < prefixes.Length; sequence++)
        {
            var next = Fill(prefixes[sequence], 0);
            for (var end = branch + counts[sequence]; branch < end; branch++)
            {
                Fill(branches[branch], next);
            }
        }

        return places with { Positions = new(axes) };

        int Fill(int count, int first)
        {
            var ids = Ids.AsSpan(row, count);
            var (own, tokens) = (new List<VisualItem>(), model.Placeholders(ids));
            while (tokens > 0)
            {
                own.Add(items.Dequeue());
                tokens -= own[^1].Tokens;
            }

            var positions = model.PlacesOf(ids, new VisualLayout(own, []), first)?.Positions;
            for (var axis = 0; axis < axes.Length; axis++)
            {
                for (var i = 0; i < count; i++)
                {
                    axes[axis][row + i] = positions?.Axes[axis][i] ?? first + i;
                }
            }

            row += count;
            return positions?.Next ?? first + count;
        }
    }

    private sealed class Packing
    {
        private int position;
        private int branchRows;
        private int samples;

        public List<int> Ids { get; } = [];

        public List<int> Lengths { get; } = [];

        public List<int> Prefixes { get; } = [];

        public List<int> Counts { get; } = [];

        public List<int> Branches { get; } = [];

        public List<int> Rows { get; } = [];

        public List<int> BranchRows { get; } = [];

        public List<int> Labels { get; } = [];

        public List<int> Samples { get; } = [];

        /// <summary>A sample: one branch, which begins where the first learned token is predicted; none if nothing is learned.</summary>
        public void Add(int[] ids, int[] labels)
        {
            var (first, known) = (position, Rows.Count);
            Walk(ids, labels);
            var branch = known < Rows.Count ? Rows[known] : position;
            Prefixes.Add(branch - first);
            Counts.Add(branch < position ? 1 : 0);
            Lengths.Add(position - first);
            Branch(branch, known);
        }

        public void Add(int[] prefix, IReadOnlyList<(int[] Ids, int[] Labels)> branches)
        {
            var first = position;
            Walk(prefix, []);
            Prefixes.Add(position - first);
            Counts.Add(branches.Count(branch => branch.Ids.Length > 0));
            foreach (var (ids, labels) in branches)
            {
                var (branch, known) = (position, Rows.Count);
                Walk(ids, labels);
                Branch(branch, known);
            }

            Lengths.Add(position - first);
        }

        /// <summary>What was walked from a position on is a branch, and the rows from a number on are of it.</summary>
        private void Branch(int first, int known)
        {
            BranchRows.AddRange(Rows.Skip(known).Select(row => row - first + branchRows));
            Samples.AddRange(Enumerable.Repeat(samples++, Rows.Count - known));
            if (first < position)
            {
                Branches.Add(position - first);
                branchRows += position - first;
            }
        }

        /// <summary>The token at a position is predicted one position before; the first one by none.</summary>
        private void Walk(int[] ids, int[] labels)
        {
            for (var i = 1; i < labels.Length; i++)
            {
                if (labels[i] != EncodedSample.Ignored)
                {
                    Rows.Add(position + i - 1);
                    Labels.Add(labels[i]);
                }
            }

            position = checked(position + ids.Length);
            Ids.AddRange(ids);
        }
    }
}
