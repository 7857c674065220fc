namespace Kinora.Models.Adapters;

/// <summary>The names that adapters give to a model's tensors.</summary>
public static class AdapterNames
{
    private const string Wrapped = "base_model.model.";
    private const string Decoder = "language_model.";

    /// <summary>What PEFT calls a tensor of the whole model that it has wrapped.</summary>
    public static string ToPeft(string name) => Wrapped + name;

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
