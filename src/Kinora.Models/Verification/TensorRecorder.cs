using Kinora.Tensors;

namespace Kinora.Models.Verification;

/// <summary>Collects what an observer sees, by name; what is seen in several parts is joined.</summary>
internal sealed class TensorRecorder
{
    private readonly Dictionary<string, List<float[]>> parts = [];

    public IEnumerable<string> Names => parts.Keys;

    public void Observe(string name, Tensor tensor)
    {
        if (!parts.TryGetValue(name, out var list))
        {
            parts[name] = list = [];
        }

        list.Add(tensor.AsSpan().ToArray());
    }

    public float[] Joined(string name) => [.. parts[name].SelectMany(part => part)];

    public void CompareAll(CaseLedger ledger, string stage, double limit)
    {
        foreach (var name in Names)
        {
            ledger.Compare(name, stage, Joined(name), limit);
            ledger.Compare($"layer_0_{name}", stage, parts[name][0], limit); // what every layer has, the first one's
        }
    }
}
