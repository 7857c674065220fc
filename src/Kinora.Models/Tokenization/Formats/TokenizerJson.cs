using System.Text.Json;
using Kinora.Models.Tokenization.Matching;
using Kinora.Models.Tokenization.Merging;

namespace Kinora.Models.Tokenization.Formats;

/// <summary>Reads <c>tokenizer.json</c>.</summary>
internal static class TokenizerJson
{
    /// <summary>The largest id; published vocabularies end below 300,000.</summary>
    public const int LargestId = 16_000_000;

    public static TokenizerParts Read(string path)
    {
        var root = TokenizerNode.Load(path);
        var model = root.Required("model");
        if (model["type"] is { } type && type.Text() != "BPE")
        {
            throw type.Wrong("the model BPE; other kinds are not supported");
        }

        foreach (var option in new[] { "continuing_subword_prefix", "end_of_word_suffix" })
        {
            if (model[option] is { } affix && affix.Text().Length > 0)
            {
                throw affix.Wrong("nothing; this option is not supported");
            }
        }

        if (model["dropout"] is { } dropout)
        {
            throw dropout.Wrong("null; random merging is for training tokenizers only");
        }

        var added = root["added_tokens"]?.Items().Select(node => ReadAdded(node, null)).ToList() ?? [];
        var vocabulary = new Vocabulary(ReadVocabulary(model.Required("vocab"), added));
        int? unknown = model["unk_token"] is not { } name ? null
            : vocabulary.TryFind(name.Text(), out var id) ? id
            : throw name.Wrong("a piece of the vocabulary");
        return new TokenizerParts
        {
            Path = path,
            Vocabulary = vocabulary,
            Model = new BytePairModel(vocabulary, ReadMerges(model.Required("merges"), vocabulary), model["byte_fallback"]?.Flag() ?? false)
            {
                UnknownId = unknown,
                FusesUnknown = model["fuse_unk"]?.Flag() ?? false,
                WholeWordsFirst = model["ignore_merges"]?.Flag() ?? false,
            },
            Normalizer = NormalizerReader.Read(root["normalizer"]),
            PreTokenizer = PreTokenizerReader.Read(root["pre_tokenizer"]),
            Template = TemplateReader.Read(root["post_processor"]),
            Decoder = DecoderReader.Read(root["decoder"]),
            Added = added,
        };
    }

    /// <summary>Reads the flags of an added token; <paramref name="id"/> where they don't hold it themselves.</summary>
    public static AddedToken ReadAdded(TokenizerNode node, int? id)
    {
        var content = node.Required("content");
        var text = content.Text();
        var special = node["special"]?.Flag() ?? false;
        return text.Length is 0 or > AddedTokenMatcher.LongestContent
            ? throw content.Wrong($"a text of 1 to {AddedTokenMatcher.LongestContent} characters")
            : new AddedToken(
                id ?? node.Required("id").Number(0, LargestId),
                text,
                Special: special,
                Normalized: node["normalized"]?.Flag() ?? !special,
                TakesBlanksBefore: node["lstrip"]?.Flag() ?? false,
                TakesBlanksAfter: node["rstrip"]?.Flag() ?? false,
                SingleWord: node["single_word"]?.Flag() ?? false);
    }

    private static Dictionary<string, int> ReadVocabulary(TokenizerNode node, List<AddedToken> added)
    {
        var ids = new Dictionary<string, int>();
        var names = new Dictionary<int, string>();
        foreach (var (piece, number) in node.Members())
        {
            var id = number.Number(0, LargestId);
            if (!names.TryAdd(id, piece))
            {
                throw number.Wrong($"an id of its own, {Quotation.Of(names[id])} has {id} already");
            }

            ids.Add(piece, id);
        }

        // The ids of added tokens may lie between those of the pieces; apart from that every id stands for something.
        var taken = added.Select(token => token.Id).Concat(names.Keys).ToHashSet();
        for (int id = 0, largest = names.Count == 0 ? 0 : names.Keys.Max(); id < largest; id++)
        {
            if (!taken.Contains(id))
            {
                throw new TokenizerException(node.Path, $"model.vocab has no piece for id {id} although ids go up to {largest}; expected ids without holes, fetch the file again");
            }
        }

        return ids;
    }

    private static Dictionary<(int Left, int Right), Merge> ReadMerges(TokenizerNode node, Vocabulary vocabulary)
    {
        var merges = new Dictionary<(int, int), Merge>();
        var rank = 0;
        foreach (var item in node.Items())
        {
            var parts = item.Kind == JsonValueKind.String ? item.Text().Split(' ') : [.. item.Items().Select(part => part.Text())];
            if (parts is not [{ Length: > 0 } left, { Length: > 0 } right])
            {
                throw item.Wrong("two pieces");
            }

            merges[(Find(left), Find(right))] = new Merge(rank++, Find(left + right));

            int Find(string piece) => vocabulary.TryFind(piece, out var id) ? id : throw item.Wrong($"pieces of the vocabulary, {Quotation.Of(piece)} is none");
        }

        return merges;
    }
}
