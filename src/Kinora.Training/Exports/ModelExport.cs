using Kinora.Media;
using Kinora.Models.Checkpoints;
using Kinora.Tensors;
using Kinora.Training.Trainers;

namespace Kinora.Training.Exports;

/// <summary>Writes a model as a checkpoint directory in the layout that it was read in.</summary>
public static class ModelExport
{
    /// <summary>Writes <c>model.safetensors</c>, learned values as 32-bit floats and all else as it was, and copies settings and tokenizer.</summary>
    /// <param name="directory">An empty directory.</param>
    /// <param name="trainable">The model.</param>
    /// <exception cref="CheckpointException">The files can't be written.</exception>
    /// <exception cref="IOException">A file can't be copied.</exception>
    public static void Write(string directory, TrainableModel trainable)
    {
        var (source, writer) = (trainable.Model.Checkpoint, new SafetensorsWriter());
        var tied = trainable.Model.Decoder.Config.TiedHead;
        foreach (var entry in source.All)
        {
            // A second copy of a tied head would still be the table that was read.
            if (tied && entry.Name.EndsWith("lm_head.weight", StringComparison.Ordinal))
            {
                continue;
            }

            if (trainable.Store.Home(entry.Name) is { } learned)
            {
                writer.Add(entry.Name, learned.Reshape(new Shape(entry.Shape)));
            }
            else if (entry.Dtype is SafetensorsDtype.F32 or SafetensorsDtype.F16 or SafetensorsDtype.BF16)
            {
                writer.Add(entry.Name, source.TakeOptional(entry.Name, entry.Shape)!);
            }
            else if (source.TakeIntegers(entry.Name) is { } numbers)
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
    }

    private static bool IsSetting(string name)
        => (name.EndsWith(".json", StringComparison.Ordinal) && !name.EndsWith(".index.json", StringComparison.Ordinal) && name != "golden.json")
            || name is "tokenizer.model" or "merges.txt" or "vocab.txt" or "LICENSE" or "LICENSE.txt";
}
