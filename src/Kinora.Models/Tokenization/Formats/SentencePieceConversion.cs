using System.Text.RegularExpressions;
using Kinora.Models.Tokenization.Decoding;
using Kinora.Models.Tokenization.Matching;
using Kinora.Models.Tokenization.Merging;
using Kinora.Models.Tokenization.Normalizing;
using Kinora.Models.Tokenization.Splitting;

namespace Kinora.Models.Tokenization.Formats;

/// <summary>
/// Turns a sentencepiece model into merges, normaliser and decoder. Merges are ordered as the original library does when it makes a
/// <c>tokenizer.json</c>; the marks for blanks are put as its slow tokenizers do, since models that ship this file alone use those.
/// </summary>
internal static class SentencePieceConversion
{
    private const char Mark = '\u2581';
    private const int BytePairs = 2;

    /// <summary>Converts a model.</summary>
    /// <param name="file">The model.</param>
    /// <param name="legacy">Whether the mark goes in front of every stretch between added tokens, or only to the very start.</param>
    /// <param name="addsPrefix">Whether there is a mark at all; null: what the model says.</param>
    public static TokenizerParts Convert(SentencePieceFile file, bool legacy, bool? addsPrefix)
    {
        Check(file);
        var vocabulary = new Vocabulary(Ids(file));
        var prefix = addsPrefix ?? file.AddsDummyPrefix;
        return new TokenizerParts
        {
            Path = file.Path,
            Vocabulary = vocabulary,
            Model = new BytePairModel(vocabulary, Merges(file, vocabulary), file.ByteFallback) { UnknownId = file.UnknownId, FusesUnknown = true },
            Normalizer = Normalizer(file, legacy, prefix),
            PreTokenizer = legacy ? null : new MetaspacePreTokenizer(Mark, PrependScheme.Never, split: false),
            FirstMark = legacy || !vocabulary.TryFind([Mark], out var mark) ? null : new FirstMark(Mark, mark, prefix),
            Decoder = Decoder(prefix, file.Path),
            Added = [.. Added(file)],
            BeginToken = NameOf(file, file.BeginId),
            EndToken = NameOf(file, file.EndId),
        };
    }

    private static void Check(SentencePieceFile file)
    {
        if (file.ModelType != BytePairs)
        {
            throw new TokenizerException(file.Path, $"is a sentencepiece model of type {file.ModelType}{(file.ModelType == 1 ? " (unigram)" : "")}; expected type 2 (byte pair encoding), use a tokenizer.json of that kind");
        }

        if (file.BlanksAreSuffixes || !file.EscapesBlanks || file.CharacterMapBytes > 0)
        {
            throw new TokenizerException(file.Path, "normalises text in a way that is not supported (suffix blanks, unescaped blanks or a character map); expected the rule \"identity\", use a tokenizer.json");
        }

        if (file.UnknownId < 0 || file.UnknownId >= file.All.Count)
        {
            throw new TokenizerException(file.Path, $"unk_id is {file.UnknownId}; expected one of its {file.All.Count} pieces");
        }
    }

    private static Dictionary<string, int> Ids(SentencePieceFile file)
    {
        var ids = new Dictionary<string, int>(file.All.Count);
        foreach (var piece in file.All)
        {
            if (!ids.TryAdd(piece.Text, ids.Count))
            {
                throw new TokenizerException(file.Path, $"pieces {ids[piece.Text]} and {ids.Count} are both {Quotation.Of(piece.Text)}; fetch the file again");
            }

            if (piece.Kind == PieceKind.Byte && !Regex.IsMatch(piece.Text, "^<0x[0-9A-F]{2}>$"))
            {
                throw new TokenizerException(file.Path, $"the byte piece {Quotation.Of(piece.Text)} stands for no byte; expected <0x00> to <0xFF>");
            }
        }

        return ids;
    }

    // Every way to join two pieces to a third; better scores first, then the ids of the parts.
    private static Dictionary<(int Left, int Right), Merge> Merges(SentencePieceFile file, Vocabulary vocabulary)
    {
        var ways = new List<(float Score, int Id, int Left, int Right)>();
        for (var id = 0; id < file.All.Count; id++)
        {
            var (text, score, kind) = file.All[id];
            if (kind is not (PieceKind.Normal or PieceKind.UserDefined) || text.Length > AddedTokenMatcher.LongestContent)
            {
                continue;
            }

            for (var cut = 1; cut < text.Length; cut++)
            {
                if (vocabulary.TryFind(text.AsSpan(0, cut), out var left) && vocabulary.TryFind(text.AsSpan(cut), out var right))
                {
                    ways.Add((score, id, left, right));
                }
            }
        }

        var merges = new Dictionary<(int, int), Merge>(ways.Count);
        foreach (var (_, id, left, right) in ways.OrderByDescending(way => way.Score).ThenBy(way => way.Id).ThenBy(way => way.Left).ThenBy(way => way.Right))
        {
            merges[(left, right)] = new Merge(merges.Count, id);
        }

        return merges;
    }

    private static SequenceNormalizer Normalizer(SentencePieceFile file, bool legacy, bool prefix)
    {
        var steps = new List<Normalizer>();
        if (file.RemovesExtraBlanks)
        {
            steps.Add(new ReplaceNormalizer(new Regex("^ +| +$|(?<= ) +"), "", file.Path));
        }

        if (legacy && prefix)
        {
            steps.Add(new PrependNormalizer(Mark.ToString()));
        }

        if (legacy)
        {
            steps.Add(new ReplaceNormalizer(new Regex(" "), Mark.ToString(), file.Path));
        }

        return new SequenceNormalizer(steps);
    }

    private static DecoderPlan Decoder(bool prefix, string path)
    {
        List<Func<bool, DecoderStep>> steps = [_ => new ReplaceStep(Mark.ToString(), " ", path), streaming => new ByteFallbackStep(streaming, keepsWhole: true)];
        if (prefix)
        {
            steps.Add(_ => new StripStep(' ', 1, 0, fused: true));
        }

        return new DecoderPlan(steps);
    }

    private static IEnumerable<AddedToken> Added(SentencePieceFile file)
    {
        for (var id = 0; id < file.All.Count; id++)
        {
            var (text, _, kind) = file.All[id];
            if (kind == PieceKind.UserDefined)
            {
                yield return new AddedToken(id, text, Special: false);
            }
            else if (id == file.UnknownId || id == file.BeginId || id == file.EndId)
            {
                yield return new AddedToken(id, text, Special: true);
            }
        }
    }

    private static string? NameOf(SentencePieceFile file, int id) => id >= 0 && id < file.All.Count ? file.All[id].Text : null;
}
