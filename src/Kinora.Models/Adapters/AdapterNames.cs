namespace Kinora.Models.Adapters;

/// <summary>The names that adapters give to a model's tensors.</summary>
public static class AdapterNames
{
    private const string Wrapped = "base_model.model.";
    private const string Decoder = "language_model.";
    private const string DownMark = ".lora_A";
    private const string UpMark = ".lora_B";
    private const string Default = ".default.weight";

    /// <summary>What PEFT calls a tensor of the whole model that it has wrapped.</summary>
    public static string ToPeft(string name) => Wrapped + name;

    /// <summary>A of the update that a checkpoint holds beside a layer.</summary>
    public static string Down(string layer) => layer + DownMark + Default;

    /// <summary>B of the update that a checkpoint holds beside a layer.</summary>
    public static string Up(string layer) => layer + UpMark + Default;

    /// <summary>
    /// The name that a tensor of a checkpoint would have if nothing had been wrapped when it was stored: <c>language_model.base_model.model.X</c> is
    /// <c>language_model.X</c>, and a layer beside which there is an update has its own name. The updates' matrices are called as by <see cref="Down"/> and <see cref="Up"/>.
    /// </summary>
    public static string Unwrapped(string stored)
    {
        var name = stored.StartsWith(Wrapped, StringComparison.Ordinal) ? stored[Wrapped.Length..] : stored;
        name = name.StartsWith(Decoder + Wrapped, StringComparison.Ordinal) ? Decoder + name[(Decoder.Length + Wrapped.Length)..] : name;
        name = name.Replace(".base_layer.", ".", StringComparison.Ordinal);
        foreach (var mark in new[] { DownMark, UpMark })
        {
            name = name.EndsWith(mark + ".weight", StringComparison.Ordinal) ? name[..^".weight".Length] + Default : name;
        }

        return name;
    }

    /// <summary>
    /// The model's own names that a stored one may mean, without <c>lora_A</c> or <c>lora_B</c> being touched. Three spellings occur: the
    /// whole model wrapped, the decoder wrapped alone (then named from its inside), and PLLaVA's, whose adapters are called
    /// <c>default</c> and whose decoder keeps its name outside the wrapping.
    /// </summary>
    public static IEnumerable<string> FromStored(string stored)
    {
        var name = stored.Replace(".default.", ".", StringComparison.Ordinal);
        var inDecoder = name.StartsWith(Decoder + Wrapped, StringComparison.Ordinal);
        name = inDecoder ? name[(Decoder.Length + Wrapped.Length)..] : name.StartsWith(Wrapped, StringComparison.Ordinal) ? name[Wrapped.Length..] : name;
        return inDecoder ? [Decoder + name] : [name, Decoder + name];
    }
}
