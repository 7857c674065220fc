using Kinora.Tensors;
using Kinora.Training.Runs;
using Kinora.Training.Trainers;

namespace Kinora.Training.Exports;

/// <summary>What a run leaves to be used: <c>adapter</c> where low-rank updates learned, <c>model</c> where something else did that an adapter can't hold.</summary>
public static class RunExport
{
    /// <summary>The adapter's directory within a run.</summary>
    public const string Adapter = "adapter";

    /// <summary>The model's directory within a run.</summary>
    public const string Model = "model";

    /// <summary>Writes both as far as there is something to write; each takes the place of an older one at once and whole.</summary>
    /// <exception cref="RunException">They can't be written.</exception>
    public static void Write(CheckpointStore store, TrainableModel trainable) => Write(trainable, store.Replace);

    /// <summary>Writes both into a directory of its own.</summary>
    /// <exception cref="IOException">They can't be written.</exception>
    /// <param name="directory">Where.</param>
    /// <param name="trainable">The model.</param>
    /// <param name="format">How a model's weights are stored; null: what was learned as 32-bit floats, all else as it was.</param>
    public static void WriteInto(string directory, TrainableModel trainable, StorageFormat? format = null)
        => Write(trainable, (name, write) => write(Directory.CreateDirectory(Path.Combine(directory, name)).FullName), format);

    private static void Write(TrainableModel trainable, Action<string, Action<string>> into, StorageFormat? format = null)
    {
        var adapter = trainable.Adapted.Count > 0;
        var whole = adapter && AdapterExport.HoldsAll(trainable);
        if (adapter)
        {
            into(Adapter, directory => AdapterExport.Write(directory, trainable, withLayers: whole));
        }

        if (!whole)
        {
            into(Model, directory => ModelExport.Write(directory, trainable, format));
        }
    }
}
