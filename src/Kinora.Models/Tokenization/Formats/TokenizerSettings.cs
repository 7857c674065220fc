using System.Globalization;
using System.Text.Json;
using Kinora.Models.Tokenization.Matching;

namespace Kinora.Models.Tokenization.Formats;

/// <summary>The small files beside a tokenizer: <c>tokenizer_config.json</c>, <c>special_tokens_map.json</c> and <c>added_tokens.json</c>.</summary>
internal sealed class TokenizerSettings
{
    private static readonly string[] roles = ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"];

    private readonly Dictionary<string, string> named = [];

    /// <summary>Settings of a tokenizer that comes without any.</summary>
    public static TokenizerSettings None { get; } = new();

    /// <summary>The name of the class that the original library would use.</summary>
    public string Class { get; private set; } = "";

    public bool? AddsBegin { get; private set; }

    public bool? AddsEnd { get; private set; }

    public bool? AddsPrefix { get; private set; }

    /// <summary>Whether sentencepiece's mark goes in front of every stretch; that is so where the setting is absent.</summary>
    public bool Legacy { get; private set; } = true;

    public bool? CleanUp { get; private set; }

    /// <summary>Tokens named as added, first those of the file that knows their flags; some stand in both files.</summary>
    public List<AddedToken> Added { get; } = [];

    /// <summary>The tokens with a role, and further special ones.</summary>
    public HashSet<string> Special { get; } = [];

    public string? BeginToken => named.GetValueOrDefault("bos_token");

    public string? EndToken => named.GetValueOrDefault("eos_token");

    /// <summary>Reads those of the files that a directory has.</summary>
    public static TokenizerSettings Read(string directory)
    {
        var settings = new TokenizerSettings();
        settings.ReadIfPresent(Path.Combine(directory, "special_tokens_map.json"), settings.ReadRoles);
        settings.ReadIfPresent(Path.Combine(directory, "tokenizer_config.json"), settings.ReadConfig);
        settings.ReadIfPresent(Path.Combine(directory, "added_tokens.json"), settings.ReadAdded);
        return settings;
    }

    private void ReadIfPresent(string path, Action<TokenizerNode> read)
    {
        if (File.Exists(path))
        {
            read(TokenizerNode.Load(path));
        }
    }

    private void ReadConfig(TokenizerNode root)
    {
        ReadRoles(root);
        Class = root["tokenizer_class"]?.Text() ?? "";
        AddsBegin = root["add_bos_token"]?.Flag();
        AddsEnd = root["add_eos_token"]?.Flag();
        AddsPrefix = root["add_prefix_space"]?.Flag();
        Legacy = root["legacy"]?.Flag() ?? true;

        // Without the setting the original library tidies, but for the classes that say otherwise.
        CleanUp = root["clean_up_tokenization_spaces"]?.Flag()
            ?? !(Class.StartsWith("Llama", StringComparison.Ordinal) || Class.StartsWith("Qwen2", StringComparison.Ordinal) || Class.StartsWith("InternLM", StringComparison.Ordinal));
        foreach (var (name, value) in root["added_tokens_decoder"]?.Members() ?? [])
        {
            Added.Add(int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id <= TokenizerJson.LargestId
                ? TokenizerJson.ReadAdded(value, id)
                : throw new TokenizerException(root.Path, $"added_tokens_decoder has the key {Quotation.Of(name)}; expected an id from 0 to {TokenizerJson.LargestId}"));
        }
    }

    private void ReadRoles(TokenizerNode root)
    {
        foreach (var role in roles)
        {
            if (root[role] is { } token)
            {
                named[role] = Name(token);
                Special.Add(named[role]);
            }
        }

        if (root["additional_special_tokens"] is { Kind: JsonValueKind.Array } more)
        {
            Special.UnionWith(more.Items().Select(Name));
        }
    }

    private void ReadAdded(TokenizerNode root)
    {
        foreach (var (name, value) in root.Members())
        {
            var id = value.Number(0, TokenizerJson.LargestId);
            if (name.Length is 0 or > AddedTokenMatcher.LongestContent)
            {
                throw value.Wrong($"to be named by a text of 1 to {AddedTokenMatcher.LongestContent} characters");
            }

            Added.Add(new AddedToken(id, name, Special: Special.Contains(name)));
        }
    }

    private static string Name(TokenizerNode token) => token.Kind == JsonValueKind.Object ? token.Required("content").Text() : token.Text();
}
