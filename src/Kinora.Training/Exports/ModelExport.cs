using System.Text.Json.Nodes;
using Kinora.Media;
using Kinora.Models.Checkpoints;
using Kinora.Tensors;
using Kinora.Training.Creation;
using Kinora.Training.Trainers;

namespace Kinora.Training.Exports;

/// <summary>Writes a model as a checkpoint directory in the layout that it was read in.</summary>
public static class ModelExport
{
    /// <summary>Writes <c>model.safetensors</c>, learned values as 32-bit floats and all else as it was, and copies settings and tokenizer.</summary>
    /// <param name="directory">An empty directory.</param>
    /// <param name="trainable">The model.</param>
    /// <param name="format">How all weights are stored, F32, F16 or BF16, with <c>torch_dtype</c> to match; null: as said above.</param>
    /// <exception cref="CheckpointException">The files can't be written.</exception>
    /// <exception cref="IOException">A file can't be copied.</exception>
    public static void Write(string directory, TrainableModel trainable, StorageFormat? format = null)
    {
        var (source, writer) = (trainable.Model.Checkpoint, new SafetensorsWriter());
        var tied = trainable.Model.Decoder.Config.TiedHead;
        using var converted = new DisposableTensors();
        foreach (var entry in source.All)
        {
            // A second copy of a tied head would still be the table that was read.
            if (tied && entry.Name.EndsWith("lm_head.weight", StringComparison.Ordinal))
            {
                continue;
            }

            if (trainable.Store.Home(source.NameOf(entry.Name)) is { } learned)
            {
                writer.Add(entry.Name, converted.As(format, learned.Reshape(new Shape(entry.Shape))));
            }
            else if (entry.Dtype is SafetensorsDtype.F32 or SafetensorsDtype.F16 or SafetensorsDtype.BF16)
            {
                writer.Add(entry.Name, converted.As(format, source.TakeOptional(source.NameOf(entry.Name), entry.Shape)!));
            }
            else if (source.TakeIntegers(source.NameOf(entry.Name)) is { } numbers)
            {
                writer.Add(entry.Name, numbers, entry.Shape);
            }
        }

        writer.Metadata["format"] = "pt";
        writer.Write(Path.Combine(directory, "model.safetensors"));
        foreach (var file in Directory.EnumerateFiles(source.Directory))
        {
            if (IsSetting(Path.GetFileName(file)))
            {
                File.Copy(file, Path.Combine(directory, Path.GetFileName(file)));
            }
        }

        if (format is { } stored)
        {
            SayFormat(Path.Combine(directory, "config.json"), stored);
        }
    }

    private static void SayFormat(string path, StorageFormat format)
    {
        var name = format switch { StorageFormat.F16 => "float16", StorageFormat.BF16 => "bfloat16", _ => "float32" };
        var config = JsonNode.Parse(File.ReadAllText(path))!;
        foreach (var part in new[] { config, config["text_config"], config["vision_config"] })
        {
            if (part?["torch_dtype"] is not null)
            {
                part["torch_dtype"] = name;
            }
        }

        File.WriteAllText(path, config.ToJsonString(JsonFormat.Indented));
    }

    /// <summary>Tensors in another format, until the file is written.</summary>
    private sealed class DisposableTensors : IDisposable
    {
        private readonly List<Tensor> tensors = [];

        public Tensor As(StorageFormat? format, Tensor tensor)
        {
            if (format is not { } wanted || tensor.Format == wanted)
            {
                return tensor;
            }

            tensors.Add(StorageConversion.Convert(tensor, wanted));
            return tensors[^1];
        }

        public void Dispose() => tensors.ForEach(tensor => tensor.Dispose());
    }

    private static bool IsSetting(string name)
        => (name.EndsWith(".json", StringComparison.Ordinal) && !name.EndsWith(".index.json", StringComparison.Ordinal) && name != "golden.json")
            || name is "tokenizer.model" or "merges.txt" or "vocab.txt" or "LICENSE" or "LICENSE.txt";
}
