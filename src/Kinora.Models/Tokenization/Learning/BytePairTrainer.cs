using System.Text.Json;
using Kinora.Models.Tokenization.Splitting;

namespace Kinora.Models.Tokenization.Learning;

/// <summary>
/// Learns a byte-level vocabulary from texts (Sennrich et al. 2016; GPT-2's bytes and cuts): again and again the pair of neighbours that is most frequent becomes a token. Equal counts go
/// by the alphabet, so the same texts give the same tokenizer on every machine.
/// </summary>
public static class BytePairTrainer
{
    /// <summary>The id of the mark that stands before every prompt.</summary>
    public const int BeginId = 1;

    /// <summary>The id of the mark that ends every answer.</summary>
    public const int EndId = 2;

    private static readonly string[] marks = ["<unk>", "<s>", "</s>"];

    /// <summary>Makes the content of a <c>tokenizer.json</c>.</summary>
    /// <param name="texts">What to learn from.</param>
    /// <param name="vocabulary">Ids in all: three marks, 256 bytes, merged tokens, then what is unused, and last those without a text.</param>
    /// <param name="image">The id of <c>&lt;image&gt;</c>, behind all tokens of text.</param>
    /// <exception cref="ArgumentOutOfRangeException">The vocabulary has no room for the bytes.</exception>
    public static byte[] Train(IEnumerable<string> texts, int image, int vocabulary)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentOutOfRangeException.ThrowIfLessThan(image, marks.Length + 256);
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabulary, image + 1);
        var tokens = new List<string>(marks);
        tokens.AddRange(Enumerable.Range(0, 256).Select(value => ByteAlphabet.Show((byte)value)).Order(StringComparer.Ordinal));
        var merges = new List<(string, string)>();
        var words = Count(texts);
        while (tokens.Count < image && Best(words) is { } pair)
        {
            merges.Add(pair);
            tokens.Add(pair.Left + pair.Right);
            words.ForEach(word => word.Merge(pair));
        }

        return Write(tokens, merges, image);
    }

    private static List<Word> Count(IEnumerable<string> texts)
    {
        var (splitter, counts) = (new ByteLevelPreTokenizer(false, new UnicodePattern(ByteLevelPreTokenizer.Pattern, "the byte-level pattern")), new Dictionary<string, int>());
        var pieces = new List<Piece>();
        foreach (var text in texts)
        {
            pieces.Clear();
            splitter.Split(new(text, true), pieces);
            pieces.ForEach(piece => counts[piece.Text] = counts.GetValueOrDefault(piece.Text) + 1);
        }

        return [.. counts.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => new Word([.. entry.Key.Select(unit => unit.ToString())], entry.Value))];
    }

    private static (string Left, string Right)? Best(List<Word> words)
    {
        var counts = new Dictionary<(string Left, string Right), long>();
        foreach (var word in words)
        {
            for (var i = 1; i < word.Parts.Count; i++)
            {
                var pair = (word.Parts[i - 1], word.Parts[i]);
                counts[pair] = counts.GetValueOrDefault(pair) + word.Count;
            }
        }

        return counts.Count == 0 ? null
            : counts.OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key.Left, StringComparer.Ordinal).ThenBy(entry => entry.Key.Right, StringComparer.Ordinal).First() is { Value: > 1 } best ? best.Key : null;
    }

    private static byte[] Write(List<string> tokens, List<(string Left, string Right)> merges, int image)
    {
        var byteLevel = new { type = "ByteLevel", add_prefix_space = false, trim_offsets = true, use_regex = true };
        return JsonSerializer.SerializeToUtf8Bytes(new
        {
            version = "1.0",
            added_tokens = marks.Select((mark, id) => Added(id, mark, true)).Concat(Enumerable.Range(tokens.Count, image - tokens.Count).Select(id => Added(id, $"<reserved{id}>", false))).Append(Added(image, "<image>", false)),
            pre_tokenizer = byteLevel,
            post_processor = new
            {
                type = "TemplateProcessing",
                single = new object[] { new { SpecialToken = new { id = marks[BeginId], type_id = 0 } }, new { Sequence = new { id = "A", type_id = 0 } } },
                pair = new object[] { new { SpecialToken = new { id = marks[BeginId], type_id = 0 } }, new { Sequence = new { id = "A", type_id = 0 } }, new { SpecialToken = new { id = marks[BeginId], type_id = 0 } }, new { Sequence = new { id = "B", type_id = 0 } } },
                special_tokens = new Dictionary<string, object> { [marks[BeginId]] = new { id = marks[BeginId], ids = new[] { BeginId }, tokens = new[] { marks[BeginId] } } },
            },
            decoder = byteLevel,
            model = new
            {
                type = "BPE",
                unk_token = marks[0],
                fuse_unk = false,
                byte_fallback = false,
                vocab = tokens.Select((token, id) => (token, id)).ToDictionary(entry => entry.token, entry => entry.id),
                merges = merges.Select(merge => new[] { merge.Left, merge.Right }),
            },
        });

        static object Added(int id, string content, bool special) => new { id, content, single_word = false, lstrip = false, rstrip = false, normalized = false, special };
    }

    private sealed class Word(List<string> parts, int count)
    {
        public List<string> Parts { get; } = parts;

        public int Count { get; } = count;

        public void Merge((string Left, string Right) pair)
        {
            // From the left, as reading merges: of three equal parts the first two.
            for (var i = 0; i + 1 < Parts.Count; i++)
            {
                if (Parts[i] == pair.Left && Parts[i + 1] == pair.Right)
                {
                    Parts[i] += Parts[i + 1];
                    Parts.RemoveAt(i + 1);
                }
            }
        }
    }
}
