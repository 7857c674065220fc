using System.Text;

namespace Kinora.Models.Tokenization.Merging;

/// <summary>Byte pair encoding: starts from characters (or bytes) and joins the neighbours whose merge was learned first.</summary>
internal sealed class BytePairModel
{
    private readonly Vocabulary vocabulary;
    private readonly Dictionary<(int Left, int Right), Merge> merges;
    private readonly int[]? byteIds;

    /// <summary>Takes the tables of a file.</summary>
    /// <param name="vocabulary">The pieces.</param>
    /// <param name="merges">What two neighbours join to, and how early that was learned.</param>
    /// <param name="byteFallback">Whether an unknown character becomes the pieces <c>&lt;0x00&gt;</c> to <c>&lt;0xFF&gt;</c> of its UTF-8 form.</param>
    public BytePairModel(Vocabulary vocabulary, Dictionary<(int Left, int Right), Merge> merges, bool byteFallback)
    {
        this.vocabulary = vocabulary;
        this.merges = merges;
        byteIds = byteFallback ? [.. Enumerable.Range(0, 256).Select(value => vocabulary.TryFind($"<0x{value:X2}>", out var id) ? id : -1)] : null;
    }

    /// <summary>The piece for characters that nothing stands for; null: they are left out.</summary>
    public int? UnknownId { get; init; }

    /// <summary>Whether neighbouring unknown characters become one unknown piece.</summary>
    public bool FusesUnknown { get; init; }

    /// <summary>Whether a word that is a piece as a whole is taken as it is, whatever the merges say.</summary>
    public bool WholeWordsFirst { get; init; }

    /// <summary>Appends the ids of a word.</summary>
    public void Encode(string word, List<int> ids)
    {
        if (word.Length == 0)
        {
            return;
        }

        if (WholeWordsFirst && vocabulary.TryFind(word, out var whole))
        {
            ids.Add(whole);
            return;
        }

        var symbols = Symbols(word);
        if (symbols.Count > 1)
        {
            new MergeRun(symbols, merges).Append(ids);
        }
        else
        {
            ids.AddRange(symbols);
        }
    }

    private List<int> Symbols(string word)
    {
        var symbols = new List<int>(word.Length);
        Span<byte> bytes = stackalloc byte[4];
        var afterUnknown = false;
        for (var at = 0; at < word.Length;)
        {
            Rune.DecodeFromUtf16(word.AsSpan(at), out var rune, out var length);
            var known = vocabulary.TryFind(word.AsSpan(at, length), out var id);
            at += length;
            if (known)
            {
                symbols.Add(id);
            }
            else if (!TryAddBytes(symbols, bytes[..rune.EncodeToUtf8(bytes)]))
            {
                if (UnknownId is { } unknown && !(FusesUnknown && afterUnknown))
                {
                    symbols.Add(unknown);
                }

                afterUnknown = true;
                continue;
            }

            afterUnknown = false;
        }

        return symbols;
    }

    private bool TryAddBytes(List<int> symbols, ReadOnlySpan<byte> bytes)
    {
        if (byteIds is null)
        {
            return false;
        }

        foreach (var value in bytes)
        {
            if (byteIds[value] < 0)
            {
                return false;
            }
        }

        foreach (var value in bytes)
        {
            symbols.Add(byteIds[value]);
        }

        return true;
    }
}
