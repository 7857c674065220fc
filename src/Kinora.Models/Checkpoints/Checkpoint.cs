using Kinora.Models.Adapters;
using Kinora.Models.Tokenization;
using Kinora.Tensors;

namespace Kinora.Models.Checkpoints;

/// <summary>
/// The weights and settings in a model directory. A model takes its tensors by name and calls <see cref="Complete"/> at the end,
/// which reports everything that is missing or left over in one error.
/// </summary>
public sealed class Checkpoint : ITensorSource, IDisposable
{
    private readonly List<SafetensorsFile> files;
    private readonly Dictionary<string, (SafetensorsFile File, string Name)> places = [];
    private readonly Dictionary<string, string> renamed = [];
    private readonly HashSet<string> used = [];
    private readonly List<string> missing = [];
    private readonly Dictionary<string, string> ignored = [];
    private readonly List<PlaceholderMemory> placeholders = [];
    private readonly ConfigReader? config;

    private Checkpoint(string directory, ConfigReader? config, List<SafetensorsFile> files)
    {
        (Directory, this.config, this.files) = (directory, config, files);
        foreach (var file in files)
        {
            foreach (var name in file.Entries.Keys)
            {
                places.Add(name, (file, name));
            }
        }

        All = [.. files.SelectMany(file => file.Entries.Values).OrderBy(entry => entry.Name, StringComparer.Ordinal)];
    }

    /// <summary>The model directory.</summary>
    public string Directory { get; }

    /// <summary>What <c>config.json</c> says.</summary>
    /// <exception cref="CheckpointException">The directory has no such file.</exception>
    public ConfigReader Config => config ?? throw new CheckpointException(Path.Combine(Directory, "config.json"), "is missing; expected the model's settings, fetch the file");

    /// <summary>All tensors, by name.</summary>
    public IReadOnlyList<SafetensorsEntry> All { get; }

    /// <summary>Names that were set aside by <see cref="Ignore(Predicate{string}, string)"/>, with the reasons.</summary>
    public IReadOnlyDictionary<string, string> Ignored => ignored;

    /// <summary>Opens <c>config.json</c> and the weights: <c>model.safetensors</c>, an index with shards, the only safetensors file, or where there is none of those PyTorch's own files.</summary>
    /// <remarks>Nothing in the directory is executed: of PyTorch's files the tensors are found by a reader that can do nothing else, and other pickles are refused.</remarks>
    /// <exception cref="CheckpointException">No usable weights, or a damaged or hostile file.</exception>
    /// <param name="directory">The model directory.</param>
    /// <param name="settings">The directory whose <c>config.json</c> holds; null: the same.</param>
    public static Checkpoint Open(string directory, string? settings = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        var path = Path.Combine(settings ?? directory, "config.json");
        var config = File.Exists(path) ? ConfigReader.Load(path) : null;
        return new Checkpoint(directory, config, ShardIndex.OpenAll(directory));
    }

    /// <summary>Opens the weights of another directory as well: a part of the model that is published by itself. What isn't taken of it doesn't matter.</summary>
    /// <param name="directory">The other directory.</param>
    /// <param name="prefix">What its tensors' names begin with.</param>
    /// <param name="renamed">What stands there instead from now on; tensors of that name here are put aside.</param>
    /// <exception cref="CheckpointException">No usable weights, or a damaged or hostile file.</exception>
    public void Add(string directory, string prefix, string renamed)
    {
        Ignore(renamed, $"this part of the model is taken from {Path.GetFileName(Path.TrimEndingDirectorySeparator(directory))}");
        var others = ShardIndex.OpenAll(directory);
        files.AddRange(others);
        foreach (var (file, name) in others.SelectMany(file => file.Entries.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Select(name => (file, name))))
        {
            places[renamed + name[prefix.Length..]] = (file, name);
        }
    }

    /// <summary>Takes the place of the directory's tokenizer; golden checkpoints of training come without one.</summary>
    public Tokenizer? OtherTokenizer { get; set; }

    /// <summary>Gives tensors other names than the files have: the model asks by the new ones from now on.</summary>
    /// <param name="name">The new name of a stored one, or the same.</param>
    /// <exception cref="CheckpointException">Two tensors get one name.</exception>
    public void Rename(Func<string, string> name)
    {
        ArgumentNullException.ThrowIfNull(name);
        foreach (var (stored, place) in places.ToList())
        {
            var other = name(stored);
            if (other == stored)
            {
                continue;
            }

            places.Remove(stored);
            renamed[stored] = other;
            if (!places.TryAdd(other, place))
            {
                throw new CheckpointException(place.File.Path, $"holds {Quotation.Of(stored)} and the same tensor once more under another name; fetch the weights of one revision");
            }
        }
    }

    /// <summary>The name by which the model knows a stored tensor.</summary>
    public string NameOf(string stored) => renamed.GetValueOrDefault(stored, stored);

    /// <inheritdoc/>
    public bool Contains(string name) => places.ContainsKey(name);

    /// <summary>The shape of a tensor that is there.</summary>
    public IReadOnlyList<int> ShapeOf(string name) => places[name].File.Entries[places[name].Name].Shape;

    /// <inheritdoc/>
    /// <exception cref="CheckpointException">The two matrices have different ranks, or are none.</exception>
    public int? RankOf(string layer)
    {
        if (Find(AdapterNames.Down(layer)) is not { } down)
        {
            return Find(AdapterNames.Up(layer)) is { Entry.Shape: [_, var rank] } ? rank : null;
        }

        if (down.Entry.Shape is not [> 0 and var rows, _])
        {
            throw new CheckpointException(down.File.Path, $"tensor {Quotation.Of(down.Entry.Name)} has the shape {down.Entry.ShapeText}; expected the two axes of a LoRA matrix, the first its rank; fetch the weights again");
        }

        return Find(AdapterNames.Up(layer)) is { Entry.Shape: [_, var columns] } up && columns != rows
            ? throw new CheckpointException(up.File.Path, $"the LoRA matrices {Quotation.Of(down.Entry.Name)} {down.Entry.ShapeText} and {Quotation.Of(up.Entry.Name)} {up.Entry.ShapeText} have ranks {rows} and {columns}; fetch the weights of one revision")
            : rows;

        (SafetensorsFile File, SafetensorsEntry Entry)? Find(string name) => places.TryGetValue(name, out var place) ? (place.File, place.File.Entries[place.Name]) : null;
    }

    /// <summary>A tensor that the model needs, as a view of the file.</summary>
    /// <returns>If it is missing, zeros of the expected shape: <see cref="Complete"/> then reports it together with all others.</returns>
    /// <exception cref="CheckpointException">Another shape or a number type that can't be used.</exception>
    public Tensor Take(string name, params int[] shape)
    {
        if (TakeOptional(name, shape) is { } tensor)
        {
            return tensor;
        }

        missing.Add($"{name} {SafetensorsEntry.ShapeOf(shape)}");
        return Placeholder(new Shape(shape));
    }

    /// <summary>A tensor that the model can do without, as a view of the file, or null.</summary>
    /// <exception cref="CheckpointException">Another shape or a number type that can't be used.</exception>
    public Tensor? TakeOptional(string name, params int[] shape)
    {
        if (!places.TryGetValue(name, out var place))
        {
            return null;
        }

        var (file, entry) = (place.File, place.File.Entries[place.Name]);
        if (!entry.Shape.AsSpan().SequenceEqual(shape))
        {
            throw new CheckpointException(file.Path, $"tensor {Quotation.Of(name)} has the shape {entry.ShapeText} where config.json leads to {SafetensorsEntry.ShapeOf(shape)}; weights and config.json are not of one model");
        }

        used.Add(name);
        return file.Map(place.Name);
    }

    /// <summary>Gives back the pages of the mapped file that only this tensor lies in; they come back when it is read.</summary>
    public void PutAside(string name)
    {
        if (places.TryGetValue(name, out var place))
        {
            place.File.PutAside(place.Name);
        }
    }

    /// <summary>The values of a tensor of whole numbers, or null if there is none of this name; marks it as used.</summary>
    /// <exception cref="CheckpointException">A number type with fractions.</exception>
    public long[]? TakeIntegers(string name)
    {
        if (!places.TryGetValue(name, out var place))
        {
            return null;
        }

        used.Add(name);
        return place.File.ReadIntegers(place.Name);
    }

    /// <summary>Sets tensors aside that are known to be of no use.</summary>
    /// <param name="names">Which.</param>
    /// <param name="reason">Why, for <c>kinora inspect</c>.</param>
    public void Ignore(Predicate<string> names, string reason)
    {
        ArgumentNullException.ThrowIfNull(names);
        foreach (var name in places.Keys.Where(name => !used.Contains(name) && names(name)))
        {
            ignored.TryAdd(name, reason);
        }
    }

    /// <summary>Sets tensors aside whose names begin so.</summary>
    /// <inheritdoc cref="Ignore(Predicate{string}, string)"/>
    public void Ignore(string prefix, string reason) => Ignore(name => name.StartsWith(prefix, StringComparison.Ordinal), reason);

    /// <summary>Checks that every tensor was found and every tensor was used.</summary>
    /// <exception cref="CheckpointException">Lists all missing and all unexpected names.</exception>
    public void Complete()
    {
        var unexpected = All.Where(entry => !used.Contains(NameOf(entry.Name)) && !ignored.ContainsKey(NameOf(entry.Name))).Select(entry => $"{entry.Name} {entry.ShapeText}").ToList();
        if (missing.Count == 0 && unexpected.Count == 0)
        {
            return;
        }

        var parts = new List<string>();
        if (missing.Count > 0)
        {
            parts.Add($"{missing.Count} tensors are missing: {Quotation.Of(missing)}");
        }

        if (unexpected.Count > 0)
        {
            parts.Add($"{unexpected.Count} tensors are unexpected: {Quotation.Of(unexpected)}");
        }

        throw new CheckpointException(Directory, $"{string.Join("; ", parts)}; weights and config.json are not of one model");
    }

    /// <summary>Checks that no file was cut short since it was opened; cheap enough for every use.</summary>
    /// <exception cref="CheckpointException">One was.</exception>
    public void RequireWhole() => files.ForEach(file => file.RequireWhole());

    /// <summary>Unmaps the files; tensors taken from here must not be used any more.</summary>
    public void Dispose()
    {
        files.ForEach(file => file.Dispose());
        placeholders.ForEach(memory => memory.Dispose());
        placeholders.Clear();
    }

    private Tensor Placeholder(Shape shape)
    {
        try
        {
            var bytes = StorageFormat.F32.Bytes(shape);
            if (placeholders.Count == 0 || placeholders[^1].Length < bytes)
            {
                placeholders.Add(new PlaceholderMemory(bytes));
            }
        }
        catch (Exception error) when (error is OutOfMemoryException or OverflowException)
        {
            // So large a tensor can't be stood in for: report what is known by now.
            Complete();
        }

        return new Tensor(shape, StorageFormat.F32, placeholders[^1]);
    }
}
