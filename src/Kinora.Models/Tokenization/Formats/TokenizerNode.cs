using System.Text.Json;

namespace Kinora.Models.Tokenization.Formats;

/// <summary>A value in a tokenizer's JSON file that knows where it stands, so that errors can say so.</summary>
internal readonly struct TokenizerNode
{
    // The largest published ones have about 33 MiB; parsed, a file takes many times its size.
    private const int MostBytes = 64 << 20;

    private readonly string path;
    private readonly string key;
    private readonly JsonElement value;

    private TokenizerNode(string path, string key, JsonElement value) => (this.path, this.key, this.value) = (path, key, value);

    /// <summary>Reads a file whose root is an object.</summary>
    /// <exception cref="TokenizerException">The file can't be read, is larger than 64 MiB, or no sound JSON.</exception>
    public static TokenizerNode Load(string path)
        => new(path, "", JsonFile.ReadObject(path, MostBytes, static (file, message, inner) => new TokenizerException(file, message, inner)));

    public string Path => path;

    public JsonValueKind Kind => value.ValueKind;

    /// <summary>The value under a key of this object; null if absent or null.</summary>
    public TokenizerNode? this[string name]
    {
        get
        {
            if (value.ValueKind != JsonValueKind.Object)
            {
                throw Wrong("an object");
            }

            return value.TryGetProperty(name, out var inner) && inner.ValueKind != JsonValueKind.Null ? new TokenizerNode(path, Below(name), inner) : null;
        }
    }

    public TokenizerNode Required(string name)
        => this[name] ?? throw new TokenizerException(path, $"the key {Below(name)} is missing");

    public string Text()
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            throw Wrong("a text");
        }

        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Wrong("a text of whole characters");
        }
    }

    public bool Flag() => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong("true or false"),
    };

    public int Number(int least = 0, int most = int.MaxValue)
        => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most
            ? number
            : throw Wrong($"a whole number from {least} to {most}");

    public char Character() => Text() is [var only] ? only : throw Wrong("a single character");

    public IEnumerable<TokenizerNode> Items()
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            throw Wrong("a list");
        }

        var (file, place) = (path, key);
        return value.EnumerateArray().Select((item, index) => new TokenizerNode(file, $"{place}[{index}]", item));
    }

    public IEnumerable<(string Name, TokenizerNode Value)> Members()
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            throw Wrong("an object");
        }

        var self = this;
        return value.EnumerateObject().Select(member => (self.NameOf(member), new TokenizerNode(self.path, self.Below(self.NameOf(member)), member.Value)));
    }

    public TokenizerException Wrong(string expected)
        => new(path, $"{(key.Length == 0 ? "the file" : Quotation.Of(key))} holds {Quotation.Of(value.GetRawText())}; expected {expected}");

    private string Below(string name) => key.Length == 0 ? name : $"{key}.{name}";

    private string NameOf(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            throw new TokenizerException(path, $"{(key.Length == 0 ? "the file" : Quotation.Of(key))} has a key with broken characters");
        }
    }
}
