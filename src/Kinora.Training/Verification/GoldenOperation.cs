using System.Text.Json;
using Kinora.Models.Checkpoints;
using Kinora.Tensors;

namespace Kinora.Training.Verification;

/// <summary>One single operation of a golden directory: its inputs as parameters, its constants and its settings.</summary>
internal sealed class GoldenOperation : IDisposable
{
    private readonly SafetensorsFile file;
    private readonly JsonElement json;
    private readonly Dictionary<string, Tensor> tensors = [];
    private readonly List<Tensor> owned = [];

    public GoldenOperation(TensorOperations operations, SafetensorsFile file, JsonElement json)
    {
        (Compute, this.file, this.json) = (operations, file, json);
        Name = json.GetProperty("name").GetString()!;
        foreach (var input in json.GetProperty("inputs").EnumerateArray())
        {
            var tensor = Read(input.GetString()!);
            var gradient = Tensor.Allocate(tensor.Shape);
            gradient.AsSpan().Fill(float.NaN); // going back must write, not add
            tensor.Learn(gradient);
            owned.Add(gradient);
            tensors.Add(input.GetString()!, tensor);
        }
    }

    public TensorOperations Compute { get; }

    public string Name { get; }

    public IEnumerable<string> Inputs => tensors.Keys;

    public IEnumerable<string> Outputs => json.GetProperty("outputs").EnumerateArray().Select(output => output.GetString()!);

    public double Tolerance => json.GetProperty("tolerance").GetDouble();

    /// <summary>How far PyTorch is off when it computes this in float32.</summary>
    public double? Float32 => json.TryGetProperty("torch_float32_deviation", out var value) ? value.GetDouble() : null;

    public JsonElement Attributes => json.GetProperty("attributes");

    /// <summary>An input that learns.</summary>
    public Tensor this[string name] => tensors.TryGetValue(name, out var tensor) ? tensor : throw new KeyNotFoundException($"the operation '{Name}' has no input '{name}'");

    /// <summary>A float constant, a stored output or a cotangent.</summary>
    public Tensor Constant(string name) => Read(name);

    /// <summary>A constant of whole numbers.</summary>
    public int[] Integers(string name) => [.. file.ReadIntegers($"{Name}/{name}").Select(value => checked((int)value))];

    public bool Has(string name) => file.Entries.ContainsKey($"{Name}/{name}");

    public float[] Stored(string name) => file.ReadFloats($"{Name}/{name}");

    public float Real(string name) => (float)Attributes.GetProperty(name).GetDouble();

    public int Whole(string name) => Attributes.GetProperty(name).GetInt32();

    public int[] Wholes(string name) => [.. Attributes.GetProperty(name).EnumerateArray().Select(value => value.GetInt32())];

    /// <summary>A tensor of this operation's own.</summary>
    public Tensor New(params ReadOnlySpan<int> extents)
    {
        var tensor = Tensor.Allocate(new Shape(extents));
        owned.Add(tensor);
        return tensor;
    }

    public void Dispose()
    {
        foreach (var tensor in owned)
        {
            tensor.Dispose();
        }
    }

    private Tensor Read(string name)
    {
        var tensor = Tensor.From(file.ReadFloats($"{Name}/{name}"), new Shape(file.Entries[$"{Name}/{name}"].Shape));
        owned.Add(tensor);
        return tensor;
    }
}
