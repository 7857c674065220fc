using System.Text;

namespace Kinora.Models.Checkpoints.Torch;

/// <summary>
/// Finds the tensors of a file that <c>torch.save</c> wrote from a state dictionary (PyTorch 1.6 and later): a zip file with a pickle that names them and an entry for each stretch of numbers. Nothing
/// of it is executed, see <see cref="PickleReader"/>.
/// </summary>
internal static class TorchFile
{
    private const string PickleName = "data.pkl";
    private const int MostPickleBytes = 32 << 20;
    private const int MostSmallBytes = 64;

    /// <summary>Reads names, types, shapes and places.</summary>
    /// <exception cref="CheckpointException">Not such a file, a damaged or a hostile one, or a tensor whose numbers don't lie row by row.</exception>
    public static Dictionary<string, SafetensorsEntry> Read(string path, Stream file)
    {
        var places = StoredZip.Read(path, file);
        var pickles = places.Keys.Where(name => name == PickleName || name.EndsWith($"/{PickleName}", StringComparison.Ordinal)).ToList();
        if (pickles is not [var pickle])
        {
            throw new CheckpointException(path, $"holds {pickles.Count} entries called {PickleName} where one was expected; it is no PyTorch checkpoint, fetch it again");
        }

        var root = pickle[..^PickleName.Length];
        if (places.ContainsKey(root + "byteorder") && Encoding.ASCII.GetString(Content(root + "byteorder", MostSmallBytes)) is var order && order != "little")
        {
            throw new CheckpointException(path, $"has numbers in byte order {Quotation.Of(order)}; expected little");
        }

        var entries = new Dictionary<string, SafetensorsEntry>(StringComparer.Ordinal);
        foreach (var (name, tensor) in new PickleReader(path, Content(pickle, MostPickleBytes)).Read())
        {
            entries.Add(name, Entry(path, name, tensor, places.TryGetValue($"{root}data/{tensor.Storage.Key}", out var place) ? place : throw Unfit(path, name, $"lies in the entry {Quotation.Of(tensor.Storage.Key)}, which isn't there")));
        }

        return entries;

        byte[] Content(string name, int most)
        {
            var (offset, length) = places[name];
            if (length > most)
            {
                throw new CheckpointException(path, $"has an entry {name} of {length} bytes; at most {most} are read");
            }

            var bytes = new byte[length];
            file.Position = offset;
            file.ReadExactly(bytes);
            return bytes;
        }
    }

    private static SafetensorsEntry Entry(string path, string name, TorchTensor tensor, (long Offset, long Length) place)
    {
        var size = tensor.Storage.Dtype.Size();
        if (tensor.Shape.Length > SafetensorsHeader.MostAxes || tensor.Strides.Length != tensor.Shape.Length || tensor.Shape.Any(extent => extent is < 0 or > int.MaxValue))
        {
            throw Unfit(path, name, $"has the impossible shape {Quotation.Of(string.Join(", ", tensor.Shape))}");
        }

        var count = 1L;
        for (var axis = tensor.Shape.Length - 1; axis >= 0; axis--)
        {
            if (tensor.Strides[axis] != count && tensor.Shape[axis] > 1 && !tensor.Shape.Contains(0))
            {
                throw Unfit(path, name, "is a view whose numbers don't lie row by row; convert the file to safetensors");
            }

            count = tensor.Shape[axis] == 0 ? 0 : count > long.MaxValue / 16 / tensor.Shape[axis] ? throw Unfit(path, name, "has too many values") : count * tensor.Shape[axis];
        }

        return tensor.First >= 0 && tensor.Storage.Count <= place.Length / size && count <= tensor.Storage.Count && tensor.First <= tensor.Storage.Count - count
            ? new(name, tensor.Storage.Dtype, [.. tensor.Shape.Select(extent => (int)extent)], place.Offset + (tensor.First * size), count * size)
            : throw Unfit(path, name, "reaches beyond the numbers that the file holds for it; the file is damaged, fetch it again");
    }

    private static CheckpointException Unfit(string path, string name, string problem) => new(path, $"tensor {Quotation.Of(name)} {problem}");
}
