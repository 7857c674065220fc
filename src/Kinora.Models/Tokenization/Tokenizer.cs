using Kinora.Models.Tokenization.Decoding;
using Kinora.Models.Tokenization.Formats;
using Kinora.Models.Tokenization.Matching;
using Kinora.Models.Tokenization.Splitting;

namespace Kinora.Models.Tokenization;

/// <summary>
/// Turns text into token ids and back, as the tokenizer files of a model directory say. Gives what the original library's fast
/// tokenizers give. Thread-safe.
/// </summary>
public sealed class Tokenizer
{
    private readonly TokenizerParts parts;
    private readonly Template template;
    private readonly AddedTokenMatcher beforeNormalizing;
    private readonly AddedTokenMatcher? afterNormalizing;
    private readonly Dictionary<string, int> addedIds = [];
    private readonly Dictionary<int, string> tokens = [];
    private readonly HashSet<int> special;
    private readonly bool cleansUp;
    private readonly bool blanksBeforeSpecials;

    private Tokenizer(TokenizerParts parts, TokenizerSettings settings)
    {
        this.parts = parts;
        foreach (var (piece, id) in parts.Vocabulary.Ids)
        {
            tokens[id] = piece;
        }

        var added = TokenizerAssembly.Added(parts, settings);
        foreach (var token in added)
        {
            addedIds[token.Content] = token.Id;
            tokens[token.Id] = token.Content;
        }

        special = [.. added.Where(token => token.Special).Select(token => token.Id)];
        beforeNormalizing = new AddedTokenMatcher(added.Where(token => !token.Normalized).Select(token => (token.Content, token)));
        afterNormalizing = added.Exists(token => token.Normalized)
            ? new AddedTokenMatcher(added.Where(token => token.Normalized).Select(token => (Normalize(new SpannedText(token.Content, null)).Text, token)))
            : null;
        template = TokenizerAssembly.Template(parts, settings, name => name is null ? null : IdOf(name));
        if (template.Before.Concat(template.After).FirstOrDefault(id => !tokens.ContainsKey(id), -1) is >= 0 and var stray)
        {
            throw new TokenizerException(parts.Path, $"puts the id {stray} around texts, which is no token; expected one of its tokens, fetch the file again");
        }

        // InternLM2's own class: it always tidies, whatever its settings say.
        blanksBeforeSpecials = settings.Class == "InternLM2Tokenizer";
        cleansUp = blanksBeforeSpecials || (settings.CleanUp ?? false);
        BeginId = (settings.BeginToken ?? parts.BeginToken) is { } begin ? IdOf(begin) : null;
        EndId = (settings.EndToken ?? parts.EndToken) is { } end ? IdOf(end) : null;
        Count = tokens.Count == 0 ? 0 : tokens.Keys.Max() + 1;
    }

    /// <summary>One more than the largest id; a model's embedding may have more rows.</summary>
    public int Count { get; }

    /// <summary>The token that begins a text, if the files name one. Whether <c>Encode</c> puts it in front is another matter.</summary>
    public int? BeginId { get; }

    /// <summary>The token that ends a text, if the files name one.</summary>
    public int? EndId { get; }

    /// <summary>Loads the tokenizer of a model directory: <c>tokenizer.json</c>, or else <c>tokenizer.model</c>, with the settings beside it.</summary>
    /// <exception cref="TokenizerException">No such file, or a damaged, hostile or unsupported one.</exception>
    public static Tokenizer Load(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        var json = Path.Combine(directory, "tokenizer.json");
        var model = Path.Combine(directory, "tokenizer.model");
        return File.Exists(json) ? new Tokenizer(TokenizerJson.Read(json), TokenizerSettings.Read(directory))
            : File.Exists(model) ? LoadSentencePiece(model, TokenizerSettings.Read(directory))
            : throw new TokenizerException(directory, "holds no tokenizer; expected tokenizer.json or tokenizer.model, fetch it");
    }

    /// <summary>Loads a <c>tokenizer.json</c> by itself, without the settings beside it.</summary>
    /// <exception cref="TokenizerException">The file can't be read, or is damaged, hostile or unsupported.</exception>
    public static Tokenizer LoadJson(string path) => new(TokenizerJson.Read(path), TokenizerSettings.None);

    /// <summary>Loads a sentencepiece model by itself; with the begin token in front, as Llama has it.</summary>
    /// <exception cref="TokenizerException">The file can't be read, or is damaged, hostile or unsupported.</exception>
    public static Tokenizer LoadSentencePiece(string path) => LoadSentencePiece(path, TokenizerSettings.None);

    /// <summary>The ids of a text in which names of added tokens mean those tokens.</summary>
    /// <param name="text">The text; halves of surrogate pairs count as U+FFFD.</param>
    /// <param name="addSpecialTokens">Whether to put around it what the files say, a begin token for instance.</param>
    public int[] Encode(string text, bool addSpecialTokens) => Encode([new PromptSpan(text, true)], addSpecialTokens);

    /// <summary>The ids of a prompt; added tokens are only found inside spans that allow it.</summary>
    /// <param name="spans">Its parts in order, encoded as one string.</param>
    /// <param name="addSpecialTokens">Whether to put around it what the files say, a begin token for instance.</param>
    public int[] Encode(IReadOnlyList<PromptSpan> spans, bool addSpecialTokens)
    {
        ArgumentNullException.ThrowIfNull(spans);
        var ids = new List<int>();
        var text = SpannedText.Join(spans);
        if (parts.FirstMark is { Prepend: true } first)
        {
            text = text.WithPrefix(first.Mark.ToString());
        }

        foreach (var stretch in beforeNormalizing.Cut(text))
        {
            if (stretch.Token is not { } token)
            {
                EncodeStretch(Normalize(text.Slice(stretch.Start, stretch.Length)), stretch.Start == 0, ids);
                continue;
            }

            if (token.Special && parts.FirstMark is { } lone && ids.Count == 1 && ids[0] == lone.Id)
            {
                ids.Clear();
            }

            ids.Add(token.Id);
        }

        return addSpecialTokens ? [.. template.Before, .. ids, .. template.After] : [.. ids];
    }

    /// <summary>The text that ids stand for.</summary>
    /// <param name="ids">The ids; those that stand for nothing are left out.</param>
    /// <param name="skipSpecialTokens">Whether special tokens are left out.</param>
    /// <param name="cleanUp">Whether blanks before punctuation go, as English has it; null: what the files say.</param>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens, bool? cleanUp = null)
    {
        var text = blanksBeforeSpecials && !skipSpecialTokens ? DecodeStretches(ids) : DecodeStretch(ids, skipSpecialTokens);
        return cleanUp ?? cleansUp ? SpaceCleanUp.Apply(text) : text;
    }

    /// <summary>Stretches between special tokens by themselves, with a blank before each that ends in one.</summary>
    private string DecodeStretches(ReadOnlySpan<int> ids)
    {
        var (text, start, afterSpecial) = (new System.Text.StringBuilder(), 0, false);
        for (var place = 0; place < ids.Length; place++)
        {
            if (!IsSpecial(ids[place]) || TokenOf(ids[place]) is not { } token)
            {
                afterSpecial = false;
                continue;
            }

            text.Append(afterSpecial ? "" : " ").Append(DecodeStretch(ids[start..place], skipSpecialTokens: false)).Append(token);
            (start, afterSpecial) = (place + 1, true);
        }

        return text.Append(DecodeStretch(ids[start..], skipSpecialTokens: false)).ToString();
    }

    private string DecodeStretch(ReadOnlySpan<int> ids, bool skipSpecialTokens)
    {
        var (first, sink) = parts.Decoder.Start(streaming: false);
        foreach (var id in ids)
        {
            if (TokenOf(id) is { } token && !(skipSpecialTokens && IsSpecial(id)))
            {
                first.Push(token);
            }
        }

        first.Finish();
        return sink.Take();
    }

    /// <summary>Starts decoding ids one by one.</summary>
    public StreamingDecoder CreateStream() => new(this, parts.Decoder);

    /// <summary>The id of a token in the vocabulary's own spelling, or null.</summary>
    public int? IdOf(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        return addedIds.TryGetValue(token, out var id) || parts.Vocabulary.TryFind(token, out id) ? id : null;
    }

    /// <summary>A token in the vocabulary's own spelling, or null if the id stands for nothing.</summary>
    public string? TokenOf(int id) => tokens.GetValueOrDefault(id);

    /// <summary>Whether decoding may leave the token out.</summary>
    public bool IsSpecial(int id) => special.Contains(id);

    private static Tokenizer LoadSentencePiece(string path, TokenizerSettings settings)
        => new(SentencePieceConversion.Convert(SentencePieceFile.Read(path), settings.Legacy, settings.AddsPrefix), settings);

    private SpannedText Normalize(SpannedText text) => parts.Normalizer?.Normalize(text) ?? text;

    private void EncodeStretch(SpannedText text, bool atStart, List<int> ids)
    {
        if (afterNormalizing is null)
        {
            EncodePiece(new Piece(text.Text, atStart), ids);
            return;
        }

        foreach (var stretch in afterNormalizing.Cut(text))
        {
            if (stretch.Token is { } token)
            {
                ids.Add(token.Id);
            }
            else
            {
                EncodePiece(new Piece(text.Text.Substring(stretch.Start, stretch.Length), atStart && stretch.Start == 0), ids);
            }
        }
    }

    private void EncodePiece(Piece piece, List<int> ids)
    {
        if (parts.PreTokenizer is null)
        {
            parts.Model.Encode(piece.Text, ids);
            return;
        }

        var pieces = new List<Piece>();
        parts.PreTokenizer.Split(piece, pieces);
        foreach (var part in pieces)
        {
            parts.Model.Encode(part.Text, ids);
        }
    }
}
