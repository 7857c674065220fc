using System.Text;

namespace Kinora.Models.Tokenization.Normalizing;

/// <summary>Normalisation form C as Unicode Standard Annex 15 defines it: decompose, order the marks, compose.</summary>
internal static class CanonicalComposition
{
    // Hangul syllables are computed (Unicode Standard, section 3.12).
    private const int SyllableBase = 0xAC00, LeadBase = 0x1100, VowelBase = 0x1161, TrailBase = 0x11A7;
    private const int Leads = 19, Vowels = 21, Trails = 28, Syllables = Leads * Vowels * Trails;

    // Nothing below combines or is changed.
    private const char FirstOfInterest = '\u0300';

    /// <summary>The text in form C. It must hold no halves of surrogate pairs.</summary>
    /// <param name="text">The text.</param>
    /// <param name="changed">Told for each piece that is normalised on its own: its start and length, and the UTF-16 units it became.</param>
    public static string Compose(string text, Action<int, int, int>? changed = null)
    {
        if (!text.AsSpan().ContainsAnyInRange(FirstOfInterest, char.MaxValue))
        {
            changed?.Invoke(0, text.Length, text.Length);
            return text;
        }

        var result = new StringBuilder(text.Length);
        var codes = new List<int>();
        for (var start = 0; start < text.Length;)
        {
            var stop = SegmentEnd(text, start);
            var before = result.Length;
            if (stop == start + 1 && text[start] < FirstOfInterest)
            {
                result.Append(text[start]);
            }
            else
            {
                codes.Clear();
                foreach (var rune in text.AsSpan(start, stop - start).EnumerateRunes())
                {
                    Decompose(rune.Value, codes);
                }

                Order(codes);
                Compose(codes);
                codes.ForEach(code => result.Append(new Rune(code)));
            }

            changed?.Invoke(start, stop - start, result.Length - before);
            start = stop;
        }

        return result.ToString();
    }

    // A piece ends before a character that neither moves nor combines with what stands before it.
    private static int SegmentEnd(string text, int start)
    {
        Rune.DecodeFromUtf16(text.AsSpan(start), out _, out var length);
        var stop = start + length;
        while (stop < text.Length && text[stop] >= FirstOfInterest)
        {
            Rune.DecodeFromUtf16(text.AsSpan(stop), out var rune, out length);
            if (StandsAlone(rune.Value))
            {
                break;
            }

            stop += length;
        }

        return stop;
    }

    private static bool StandsAlone(int code)
        => CanonicalForms.Class(code) == 0
        && CanonicalForms.Decomposition(code) is null
        && !CanonicalForms.ComposesWithPrevious(code)
        && code is not (>= VowelBase and < VowelBase + Vowels) and not (> TrailBase and < TrailBase + Trails);

    private static void Decompose(int code, List<int> codes)
    {
        var syllable = code - SyllableBase;
        if (syllable is >= 0 and < Syllables)
        {
            codes.Add(LeadBase + (syllable / (Vowels * Trails)));
            codes.Add(VowelBase + (syllable % (Vowels * Trails) / Trails));
            if (syllable % Trails != 0)
            {
                codes.Add(TrailBase + (syllable % Trails));
            }
        }
        else if (CanonicalForms.Decomposition(code) is { } parts)
        {
            foreach (var part in parts)
            {
                Decompose(part, codes);
            }
        }
        else
        {
            codes.Add(code);
        }
    }

    // Runs of marks are sorted by their class; the sort must be stable.
    private static void Order(List<int> codes)
    {
        for (var start = 0; start < codes.Count;)
        {
            var stop = start;
            while (stop < codes.Count && CanonicalForms.Class(codes[stop]) != 0)
            {
                stop++;
            }

            if (stop - start > 1)
            {
                var sorted = codes.GetRange(start, stop - start).OrderBy(CanonicalForms.Class).ToList();
                for (var index = 0; index < sorted.Count; index++)
                {
                    codes[start + index] = sorted[index];
                }
            }

            start = stop + 1;
        }
    }

    private static void Compose(List<int> codes)
    {
        int kept = 0, starter = -1, lastClass = -1;
        for (var index = 0; index < codes.Count; index++)
        {
            var code = codes[index];
            int combining = CanonicalForms.Class(code);

            // A mark is blocked from its starter by another of the same or a higher class between them.
            if (starter >= 0 && lastClass < combining && Pair(codes[starter], code) is { } composed)
            {
                codes[starter] = composed;
                continue;
            }

            if (combining == 0)
            {
                starter = kept;
                lastClass = -1;
            }
            else
            {
                lastClass = combining;
            }

            codes[kept++] = code;
        }

        codes.RemoveRange(kept, codes.Count - kept);
    }

    private static int? Pair(int first, int second)
    {
        var lead = first - LeadBase;
        var vowel = second - VowelBase;
        if (lead is >= 0 and < Leads && vowel is >= 0 and < Vowels)
        {
            return SyllableBase + (((lead * Vowels) + vowel) * Trails);
        }

        var syllable = first - SyllableBase;
        var trail = second - TrailBase;
        return syllable is >= 0 and < Syllables && syllable % Trails == 0 && trail is > 0 and < Trails
            ? first + trail
            : CanonicalForms.Composition(first, second);
    }
}
