namespace Kinora.Training.Recipes;

/// <summary>Everything that decides what a run learns and how: read from YAML, every value checked. All paths are absolute.</summary>
public sealed record Recipe
{
    /// <summary>What is learned.</summary>
    public TrainingTask Task { get; init; }

    /// <summary>The checkpoint's directory; null: to be named on the command line.</summary>
    public string? Model { get; init; }

    /// <summary>A model to be made from nothing before the first stage; null: one is loaded.</summary>
    public CreateSection? Create { get; init; }

    /// <summary>The parts of a recipe in stages; then nothing else of this recipe counts but <see cref="Create"/>. None: it is one whole.</summary>
    public IReadOnlyList<RecipeStage> Stages { get; init; } = [];

    /// <summary>Learning from rendered clips; null: from data files.</summary>
    public WorldSection? World { get; init; }

    /// <summary>What is learned from; none: to be named on the command line.</summary>
    public IReadOnlyList<DataSource> Data { get; init; } = [];

    /// <summary>What is held back.</summary>
    public ValidationSection Validation { get; init; } = new();

    /// <summary>Frames of a video; null: as many as the model was made for.</summary>
    public int? Frames { get; init; }

    /// <summary>The longest sample, each picture counted with all its places in the decoder's sequence; longer ones are cut at their end.</summary>
    public int MaxTokens { get; init; } = 16384;

    /// <summary>Samples of an optimiser step.</summary>
    public int BatchSize { get; init; } = 8;

    /// <summary>Places of the decoder's sequence that are computed at a time; a longer sample is alone.</summary>
    public int MicroBatchTokens { get; init; } = 4096;

    /// <summary>Optimiser steps of the run; null: by <see cref="Epochs"/>.</summary>
    public long? Steps { get; init; }

    /// <summary>How often the run goes through the data; unused where steps are given.</summary>
    public double Epochs { get; init; } = 1;

    /// <summary>Which order of the data and which dropout.</summary>
    public long Seed { get; init; }

    /// <summary>What learns: the first rule that fits a parameter's name counts, and what fits none is frozen.</summary>
    public IReadOnlyList<ParameterRule> Train { get; init; } = [];

    /// <summary>Each block of the vision tower has this times the rate of the one after it; the last block has it once.</summary>
    public double TowerLayerDecay { get; init; } = 1;

    /// <summary>Low-rank updates; null: none.</summary>
    public LoraSection? Lora { get; init; }

    /// <summary>The optimisers' numbers.</summary>
    public OptimizerSection Optimizer { get; init; } = new();

    /// <summary>How the learning rate moves.</summary>
    public ScheduleSection Schedule { get; init; } = new();

    /// <summary>How preferences are learned; null where the task is another.</summary>
    public DpoSection? Dpo { get; init; }

    /// <summary>Memory against time.</summary>
    public MemorySection Memory { get; init; } = new();

    /// <summary>When checkpoints are written, and which stay.</summary>
    public SaveSection Save { get; init; } = new();

    /// <summary>What is written down.</summary>
    public LogSection Log { get; init; } = new();

    /// <summary>Reads a recipe.</summary>
    /// <param name="path">The file; paths in it count from its folder.</param>
    /// <param name="settings">Values that replace those of the file, as <c>optimizer.eps=1e-6</c> or <c>train.0.learning_rate=1e-4</c>; their paths count from the working directory.</param>
    /// <exception cref="RecipeException">It can't be read, a key isn't known, or a value can't be used.</exception>
    public static Recipe Load(string path, IReadOnlyList<string>? settings = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return RecipeReader.Read(RecipeText.ReadFile(path), path, Path.GetDirectoryName(Path.GetFullPath(path))!, settings ?? []);
    }

    /// <summary>Reads a recipe's text.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="folder">Where relative paths in it start.</param>
    /// <param name="settings">As in <see cref="Load"/>.</param>
    /// <exception cref="RecipeException">A key isn't known, or a value can't be used.</exception>
    public static Recipe Parse(string yaml, string name, string folder, IReadOnlyList<string>? settings = null)
    {
        ArgumentNullException.ThrowIfNull(yaml);
        return RecipeReader.Read(RecipeText.ReadMap(yaml, name), name, folder, settings ?? []);
    }

    /// <summary>Every value that will be used, as YAML; reading it gives the same recipe, wherever it lies.</summary>
    public string Print() => RecipeWriter.Print(this);

    /// <summary>What another recipe has otherwise, as lines like <c>optimizer.eps: 1e-08 -> 1e-06</c>; none if both are the same.</summary>
    public IReadOnlyList<string> Differences(Recipe other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return RecipeWriter.Differences(this, other);
    }

    /// <summary>The recipe itself, if it names a model to begin with and data for every stage.</summary>
    /// <exception cref="RecipeException">It doesn't.</exception>
    public Recipe Complete()
    {
        IReadOnlyList<Recipe> parts = Stages.Count == 0 ? [this] : [.. Stages.Select(stage => stage.Recipe)];
        return Create is null && parts[0].Model is null ? throw new RecipeException($"The recipe names no 'model'; name its directory with --model DIR or in the recipe{(Stages.Count > 0 ? ", or let 'create' make a new one" : "")}")
            : parts.Any(part => part.Data.Count == 0 && part.World is null) ? throw new RecipeException("The recipe names no 'data'; name a file with --data FILE or in the recipe")
            : this;
    }

    /// <summary>The recipe with the optimiser's numbers filled in wherever a rule or the updates leave theirs open.</summary>
    public Recipe Resolved() => this with
    {
        Stages = [.. Stages.Select(stage => stage with { Recipe = stage.Recipe.Resolved() })],
        Train = [.. Train.Select(rule => rule with { LearningRate = rule.LearningRate ?? Optimizer.LearningRate, WeightDecay = rule.WeightDecay ?? Optimizer.WeightDecay })],
        Lora = Lora is null ? null : Lora with { LearningRate = Lora.LearningRate ?? Optimizer.LearningRate },
    };

    /// <summary>Optimiser steps of the run, at least 1.</summary>
    /// <param name="epochLength">Samples of an epoch.</param>
    public long TotalSteps(long epochLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(epochLength, 1);
        return Steps ?? Math.Max(1, (long)Math.Ceiling(Epochs * epochLength / BatchSize));
    }

    /// <summary>The rule that a parameter learns by, or null if it is frozen.</summary>
    /// <param name="parameter">Its name as the checkpoint has it.</param>
    public ParameterRule? RuleFor(string parameter) => Train.FirstOrDefault(rule => NamePattern.Matches(rule.Parameters, parameter));
}
