using Kinora.Models;
using Kinora.Models.Families;
using Kinora.Models.Planning;
using Kinora.Models.Tokenization;
using Kinora.Tensors;
using Kinora.Training.Optimization;

namespace Kinora.Training.Trainers;

/// <summary>A model of which some parts learn, with the memory that they learn in.</summary>
public sealed class TrainableModel : IDisposable
{
    private TrainableModel(VisionLanguageModel model, ParameterStore store, LoraSettings? lora, IReadOnlyList<LoraLayer> adapted)
        => (Model, Store, Lora, Adapted) = (model, store, lora, adapted);

    /// <summary>The model.</summary>
    public VisionLanguageModel Model { get; }

    /// <summary>What learns.</summary>
    public ParameterStore Store { get; }

    /// <summary>The adapters' settings, or null without adapters.</summary>
    public LoraSettings? Lora { get; }

    /// <summary>The layers that have an adapter.</summary>
    public IReadOnlyList<LoraLayer> Adapted { get; }

    /// <summary>Loads a model directory.</summary>
    /// <param name="directory">The checkpoint.</param>
    /// <param name="choose">Says of each tensor of a model (whose values can't be read yet) how it learns; null: it is frozen.</param>
    /// <param name="lora">Adapters that learn beside frozen layers, or null.</param>
    /// <param name="tokenizer">Takes the place of the directory's.</param>
    /// <param name="besides">What learns with the model without being part of it; its values begin as zeros.</param>
    /// <param name="cancellation">Ends loading.</param>
    /// <exception cref="Kinora.Models.Checkpoints.CheckpointException">The checkpoint can't be loaded.</exception>
    /// <exception cref="TrainingException">What learns can't fit the memory.</exception>
    public static TrainableModel Load(string directory, Func<VisionLanguageModel, string, Tensor, ParameterSettings?> choose, LoraSettings? lora = null, Tokenizer? tokenizer = null, Func<VisionLanguageModel, IEnumerable<ParameterSettings>>? besides = null, CancellationToken cancellation = default)
    {
        var settings = new List<ParameterSettings>();
        IReadOnlyList<LoraLayer> layers = [];
        using (var outline = ModelLoader.Outline(directory, tokenizer: tokenizer))
        {
            foreach (var (name, tensor) in outline.Weights.Taken)
            {
                if (choose(outline, name, tensor) is { } learns)
                {
                    settings.Add(learns);
                }
            }

            if (lora is not null)
            {
                layers = lora.Find(outline.Weights.Layers.Values);
                settings.AddRange(layers.SelectMany(layer => layer.Parameters));
            }

            settings.AddRange(besides?.Invoke(outline) ?? []);
        }

        RequireMemory(settings);
        var store = new ParameterStore(settings);
        try
        {
            var model = ModelLoader.LoadForTraining(directory, (name, _) => store.Home(name), tokenizer, cancellation);
            foreach (var layer in layers)
            {
                layer.Attach(model.Weights.Layers[layer.Name], store);
            }

            return new(model, store, lora, layers);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>Says before anything is loaded that it can't fit: values, gradients and two moments are the least that training takes.</summary>
    private static void RequireMemory(List<ParameterSettings> settings)
    {
        var (needed, available) = (4L * sizeof(float) * settings.Sum(entry => entry.Shape.Count), AvailableMemory.Headroom());
        if (needed > available)
        {
            throw new TrainingException($"What the recipe lets learn takes {ByteSize.Text(needed)} with gradients and moments, and {ByteSize.Text(available)} can be had; let fewer parts learn, or adapters ('lora').");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Model.Dispose();
        Store.Dispose();
    }
}
