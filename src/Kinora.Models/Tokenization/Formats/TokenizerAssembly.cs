using Kinora.Models.Tokenization.Matching;

namespace Kinora.Models.Tokenization.Formats;

/// <summary>Brings a tokenizer file and the settings beside it together.</summary>
internal static class TokenizerAssembly
{
    /// <summary>The added tokens of both, those of the tokenizer file first: where both name one, its flags count.</summary>
    /// <exception cref="TokenizerException">One id for two tokens, or two ids for one.</exception>
    public static List<AddedToken> Added(TokenizerParts parts, TokenizerSettings settings)
    {
        var byContent = new Dictionary<string, AddedToken>();
        var byId = new Dictionary<int, AddedToken>();
        foreach (var token in parts.Added.Concat(settings.Added))
        {
            if (byContent.TryGetValue(token.Content, out var known) && known.Id != token.Id)
            {
                throw Clash(parts, token, $"{Quotation.Of(token.Content)} is added as {known.Id} and as {token.Id}");
            }

            if (byId.TryGetValue(token.Id, out known) && known.Content != token.Content)
            {
                throw Clash(parts, token, $"id {token.Id} is added as {Quotation.Of(known.Content)} and as {Quotation.Of(token.Content)}");
            }

            if (parts.Vocabulary.TryFind(token.Content, out var id) && id != token.Id)
            {
                throw Clash(parts, token, $"{Quotation.Of(token.Content)} is piece {id} but added as {token.Id}");
            }

            byContent.TryAdd(token.Content, token);
            byId.TryAdd(token.Id, token);
        }

        // A token with a role is special even if only the vocabulary knows it.
        foreach (var name in settings.Special)
        {
            if (!byContent.ContainsKey(name) && parts.Vocabulary.TryFind(name, out var id) && !byId.ContainsKey(id))
            {
                byContent.Add(name, new AddedToken(id, name, Special: true));
            }
        }

        return [.. byContent.Values.OrderBy(token => token.Id)];
    }

    /// <summary>The special tokens around a text. Llama's classes follow their settings, all others the tokenizer file.</summary>
    public static Template Template(TokenizerParts parts, TokenizerSettings settings, Func<string?, int?> idOf)
    {
        if (parts.Template is { } template && settings.Class is not ("LlamaTokenizer" or "LlamaTokenizerFast"))
        {
            return template;
        }

        var begin = settings.AddsBegin ?? true ? idOf(settings.BeginToken ?? parts.BeginToken) : null;
        var end = settings.AddsEnd ?? false ? idOf(settings.EndToken ?? parts.EndToken) : null;
        return new Template(begin is { } first ? [first] : [], end is { } last ? [last] : []);
    }

    private static TokenizerException Clash(TokenizerParts parts, AddedToken token, string what)
        => new(parts.Path, $"{what} here or in the files beside it; expected one id per token and one token per id, fetch all files of {Quotation.Of(token.Content)} from one revision");
}
