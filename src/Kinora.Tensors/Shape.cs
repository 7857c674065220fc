using System.Runtime.CompilerServices;

namespace Kinora.Tensors;

/// <summary>The extents of a tensor, outermost axis first; at most <see cref="MaxRank"/> axes, kept inline so that a shape costs no allocation.</summary>
public readonly struct Shape : IEquatable<Shape>
{
    /// <summary>The largest number of axes: a 3-D patch convolution's weight has five.</summary>
    public const int MaxRank = 5;

    private readonly Extents extents;

    /// <summary>Makes a shape of the given extents.</summary>
    /// <param name="extents">Each at least 0; their product fits a 64-bit number.</param>
    /// <exception cref="ArgumentException">Too many axes, a negative extent, or a product that overflows.</exception>
    public Shape(params ReadOnlySpan<int> extents)
    {
        if (extents.Length > MaxRank)
        {
            throw new ArgumentException($"A shape has at most {MaxRank} axes, not {extents.Length}.", nameof(extents));
        }

        Rank = extents.Length;
        var count = 1L;
        for (var axis = 0; axis < extents.Length; axis++)
        {
            if (extents[axis] < 0)
            {
                throw new ArgumentException($"Axis {axis} has the negative extent {extents[axis]}.", nameof(extents));
            }

            this.extents[axis] = extents[axis];
            count = checked(count * extents[axis]);
        }

        Count = count;
    }

    /// <summary>The number of axes; 0 is a scalar.</summary>
    public int Rank { get; }

    /// <summary>The number of values: the product of all extents.</summary>
    public long Count { get; }

    /// <summary>The extent of the last axis, along which rows are contiguous; 1 for a scalar.</summary>
    public int Last => Rank == 0 ? 1 : extents[Rank - 1];

    /// <summary>The number of rows: the product of all extents but the last.</summary>
    public int Rows => Last == 0 ? 0 : checked((int)(Count / Last));

    /// <summary>The extent of an axis; negative numbers count from the end.</summary>
    public int this[int axis]
    {
        get
        {
            var index = axis < 0 ? axis + Rank : axis;
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Rank, nameof(axis));
            return extents[index];
        }
    }

    /// <inheritdoc/>
    public bool Equals(Shape other) => Rank == other.Rank && ((ReadOnlySpan<int>)extents)[..Rank].SequenceEqual(((ReadOnlySpan<int>)other.extents)[..Rank]);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Rank, extents[0], extents[1], extents[2], extents[3], extents[4]);

    /// <summary>The shape as in the papers: <c>[8, 577, 1024]</c>.</summary>
    public override string ToString() => $"[{string.Join(", ", ((ReadOnlySpan<int>)extents)[..Rank].ToArray())}]";

    /// <summary>Whether two shapes have the same axes.</summary>
    public static bool operator ==(Shape left, Shape right) => left.Equals(right);

    /// <summary>Whether two shapes differ.</summary>
    public static bool operator !=(Shape left, Shape right) => !left.Equals(right);

    [InlineArray(MaxRank)]
    private struct Extents
    {
        private int first;
    }
}
