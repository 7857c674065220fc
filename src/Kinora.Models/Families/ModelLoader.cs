using Kinora.Media;
using Kinora.Models.Checkpoints;
using Kinora.Models.Tokenization;
using Kinora.Models.Weights;
using Kinora.Tensors;

namespace Kinora.Models.Families;

/// <summary>Recognises the family of a model directory and loads it. A new family is one more line here.</summary>
public static class ModelLoader
{
    private static readonly (FamilyCard Card, Func<ConfigReader, bool> Matches, Func<Checkpoint, WeightLoader, VisionLanguageModel> Load)[] Families =
    [
        (Pllava.Card, Pllava.Matches, Pllava.Load),
        (Tarsier.Card, Tarsier.Matches, Tarsier.Load),
        (Tarsier2.Card, Tarsier2.Matches, Tarsier2.Load),
        (Qwen2Vl.Card, Qwen2Vl.Matches, Qwen2Vl.Load),
        (Llava.Card, Llava.Matches, Llava.Load),
        (ShareCaptioner.Card, ShareCaptioner.Matches, ShareCaptioner.Load),
    ];

    /// <summary>The families that can be loaded.</summary>
    public static IReadOnlyList<FamilyCard> Cards { get; } = [.. Families.Select(family => family.Card)];

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Cards.Select(card => card.Name)];

    /// <summary>Loads a model directory.</summary>
    /// <param name="directory">Holds config.json, safetensors, the tokenizer's files and preprocessor_config.json.</param>
    /// <param name="format">How to keep the weights.</param>
    /// <param name="progress">Told the bytes loaded so far.</param>
    /// <param name="settings">The directory whose config.json holds, which may be that of an adapter; null: the model's own.</param>
    /// <param name="cancellation">Ends loading between two tensors.</param>
    /// <exception cref="CheckpointException">No such directory, an unknown family, or damaged or unfitting files.</exception>
    /// <exception cref="Tokenization.TokenizerException">The tokenizer's files are damaged.</exception>
    /// <exception cref="Media.MediaException">preprocessor_config.json can't be read.</exception>
    public static VisionLanguageModel Load(string directory, WeightFormat format = WeightFormat.AsStored, Action<long>? progress = null, string? settings = null, CancellationToken cancellation = default)
        => Load(directory, checkpoint => new WeightLoader(checkpoint, format) { Progress = progress, Cancellation = cancellation }, settings: settings);

    /// <summary>Loads a model without its weights: settings, headers and tokenizer, for plans. What would be converted has no memory, so nothing can be computed.</summary>
    /// <param name="directory">As in <see cref="Load(string, WeightFormat, Action{long}, string, CancellationToken)"/>.</param>
    /// <param name="format">How weights would be kept.</param>
    /// <param name="tokenizer">Takes the place of the directory's.</param>
    /// <param name="settings">The directory whose config.json holds; null: the model's own.</param>
    /// <inheritdoc cref="Load(string, WeightFormat, Action{long}, string, CancellationToken)" path="/exception"/>
    public static VisionLanguageModel Outline(string directory, WeightFormat format = WeightFormat.AsStored, Tokenizer? tokenizer = null, string? settings = null)
        => Load(directory, checkpoint => new WeightLoader(checkpoint, format) { Dry = true }, tokenizer, settings);

    /// <summary>Loads a model to be trained: what learns goes as 32-bit floats into memory of the caller's.</summary>
    /// <param name="directory">As in <see cref="Load(string, WeightFormat, Action{long}, string, CancellationToken)"/>.</param>
    /// <param name="home">Gives the memory of a tensor by its name and shape, or null for what stays as it is stored.</param>
    /// <param name="tokenizer">Takes the place of the directory's.</param>
    /// <param name="cancellation">Ends loading between two tensors.</param>
    /// <inheritdoc cref="Load(string, WeightFormat, Action{long}, string, CancellationToken)" path="/exception"/>
    public static VisionLanguageModel LoadForTraining(string directory, Func<string, Shape, Tensor?> home, Tokenizer? tokenizer = null, CancellationToken cancellation = default)
        => Load(directory, checkpoint => new WeightLoader(checkpoint, WeightFormat.AsStored) { Home = home, Cancellation = cancellation }, tokenizer);

    private static VisionLanguageModel Load(string directory, Func<Checkpoint, WeightLoader> load, Tokenizer? tokenizer = null, string? settings = null)
    {
        if (!Directory.Exists(directory))
        {
            throw new CheckpointException(directory, File.Exists(directory)
                ? "is a file; expected the directory that holds config.json and the weights"
                : "does not exist; expected a directory with config.json, *.safetensors and the tokenizer's files");
        }

        var checkpoint = Checkpoint.Open(directory, settings);
        checkpoint.OtherTokenizer = tokenizer;
        var weights = load(checkpoint);
        try
        {
            foreach (var family in Families)
            {
                if (family.Matches(checkpoint.Config))
                {
                    return family.Load(checkpoint, weights);
                }
            }

            var type = checkpoint.Config.String("model_type", "none");
            throw new CheckpointException(checkpoint.Config.Path, $"describes a model of model_type {Quotation.Of(type)} that no family here knows; supported: {string.Join(", ", Names)}");
        }
        catch (Exception error)
        {
            weights.Dispose();
            checkpoint.Dispose();
            if (error is MediaException processor)
            {
                throw new CheckpointException(processor.Path, processor.Problem, processor); // preprocessor_config.json is part of the checkpoint
            }

            throw;
        }
    }
}
