using Kinora.Models.Checkpoints;
using Kinora.Tensors;

namespace Kinora.Models.Tests.Adapters;

/// <summary>An adapter directory of random matrices.</summary>
internal sealed class AdapterFiles : IDisposable
{
    private readonly TemporaryDirectory directory = new();
    private readonly Random random = new(7);
    private readonly List<(string Name, Tensor Tensor)> tensors = [];

    public AdapterFiles(string config = """{"peft_type": "LORA", "lora_alpha": 6}""") => directory.Write("adapter_config.json", config);

    public string Path => directory.Path;

    public string ConfigFile => directory.File("adapter_config.json");

    public string TensorFile => directory.File("adapter_model.safetensors");

    /// <summary>Puts a tensor in.</summary>
    /// <returns>Its values.</returns>
    public float[] Add(string name, params int[] shape)
    {
        var values = Enumerable.Range(0, shape.Aggregate(1, (product, axis) => product * axis)).Select(_ => (float)(random.NextDouble() - 0.5)).ToArray();
        tensors.Add((name, Tensor.From(values, new Shape(shape))));
        return values;
    }

    /// <summary>Writes the file.</summary>
    public AdapterFiles Write()
    {
        SafetensorsWriter.Write(TensorFile, tensors);
        return this;
    }

    /// <summary>Writes the file as PLLaVA's trainer does: by another name, without settings.</summary>
    public AdapterFiles WriteBare()
    {
        File.Delete(ConfigFile);
        SafetensorsWriter.Write(directory.File("model.safetensors"), tensors);
        return this;
    }

    public void Dispose()
    {
        tensors.ForEach(tensor => tensor.Tensor.Dispose());
        directory.Dispose();
    }
}
