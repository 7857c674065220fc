using System.Runtime.CompilerServices;

namespace Kinora.Tensors.Kernels;

/// <summary>Panels of a left side that lies depth by depth already: they are stretches of its rows, of the twelve or six floats that a tile takes.</summary>
internal static unsafe class PackingColumns
{
    /// <summary>
    /// For each panel packed[k * width + i] = source[k * stride + first + i]. Panels follow each other; the last is half as wide where
    /// that is enough for the columns left, and columns that are missing in it become zeros.
    /// </summary>
    /// <param name="source">The first number, [depth, columns].</param>
    /// <param name="stride">Floats from one row to the next.</param>
    /// <param name="depth">Rows to take.</param>
    /// <param name="columns">Columns to take.</param>
    /// <param name="packed">Depth times the columns rounded up to half panels.</param>
    /// <param name="panel">Columns of a whole panel: 12 or 6.</param>
    public static void Copy(float* source, nint stride, int depth, int columns, float* packed, int panel)
    {
        var whole = columns / panel;
        if (panel == 12)
        {
            Copy(source, stride, depth, whole, (Twelve*)packed);
        }
        else
        {
            Copy(source, stride, depth, whole, (Six*)packed);
        }

        var done = whole * panel;
        if (done < columns)
        {
            var rest = columns - done;
            Rest(source + done, stride, depth, rest, packed + ((long)done * depth), rest <= panel / 2 ? panel / 2 : panel);
        }
    }

    /// <summary>Row by row over all panels: panel by panel the same cache lines would be asked for again and again, a page apart.</summary>
    [MethodImpl(Jit.Kernel)]
    private static void Copy<TPart>(float* source, nint stride, int depth, int panels, TPart* packed)
        where TPart : unmanaged
    {
        for (var k = 0; k < depth; k++, source += stride, packed++)
        {
            var from = (TPart*)source;
            var to = packed;
            for (var panel = 0; panel < panels; panel++, from++, to += depth)
            {
                *to = *from;
            }
        }
    }

    private static void Rest(float* source, nint stride, int depth, int columns, float* packed, int panel)
    {
        for (var k = 0; k < depth; k++, source += stride, packed += panel)
        {
            for (var i = 0; i < panel; i++)
            {
                packed[i] = i < columns ? source[i] : 0f;
            }
        }
    }

    [InlineArray(12)]
    private struct Twelve
    {
        private float first;
    }

    [InlineArray(6)]
    private struct Six
    {
        private float first;
    }
}
