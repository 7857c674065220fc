using Kinora.Models.Families;
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
    /// <param name="cancellation">Ends loading.</param>
    /// <exception cref="Kinora.Models.Checkpoints.CheckpointException">The checkpoint can't be loaded.</exception>
    public static TrainableModel Load(string directory, Func<VisionLanguageModel, string, Tensor, ParameterSettings?> choose, LoraSettings? lora = null, Tokenizer? tokenizer = null, CancellationToken cancellation = default)
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
        }

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

    /// <inheritdoc/>
    public void Dispose()
    {
        Model.Dispose();
        Store.Dispose();
    }
}
