using Kinora.Tensors;
using Kinora.Training.Data;
using Kinora.Training.Data.Formats;
using Kinora.Training.Optimization;
using Kinora.Training.Schedules;

namespace Kinora.Training.Recipes;

/// <summary>Makes a recipe of its nodes.</summary>
internal static class RecipeReader
{
    private const int MostSamples = 1 << 20;
    private const int MostTokens = 1 << 22;
    private const string PositiveNumber = "a number above 0";
    private const string DecayNumber = "a number of at least 0";
    private const string ShareNumber = "a number from 0 to 1";

    // All values that nobody gives; their sections say what they are.
    private static readonly Recipe defaults = new();
    private static readonly DpoSection dpoDefaults = new();
    private static readonly LoraSection loraDefaults = new();
    private static readonly (string, DataFormat)[] formats = [.. DataFormats.Names.Select(name => (name, DataFormats.Parse(name)))];

    /// <summary>The names of tasks, optimisers, curves and formats.</summary>
    public static readonly (string Name, TrainingTask Value)[] Tasks = [("sft", TrainingTask.Sft), ("dpo", TrainingTask.Dpo)];
    public static readonly (string Name, OptimizerKind Value)[] Optimizers = [("adamw", OptimizerKind.AdamW), ("muon", OptimizerKind.Muon)];
    public static readonly (string Name, ScheduleKind Value)[] Kinds = [("cosine", ScheduleKind.Cosine), ("linear", ScheduleKind.Linear), ("constant", ScheduleKind.Constant)];
    public static readonly (string Name, StorageFormat Value)[] Activations = [("f32", StorageFormat.F32), ("bf16", StorageFormat.BF16)];

    public static Recipe Read(RecipeMap map, string name, string folder, IReadOnlyList<string> settings)
    {
        RecipeSettings.Apply(map, settings);
        return map.Find("stages") is null ? ReadOne(map, name, folder) : StagesReader.Read(map, name, folder);
    }

    /// <summary>Reads a recipe that has no stages.</summary>
    internal static Recipe ReadOne(RecipeMap map, string name, string folder)
    {
        var root = new RecipeSection(map, "");
        var task = root.Choice("task", Tasks) ?? defaults.Task;
        var lora = Lora(root);
        var recipe = new Recipe
        {
            Task = task,
            Model = OptionalPath(root, "model", folder, "the directory of a checkpoint"),
            World = WorldReader.Read(root.Section("world")),
            Data = Data(root, folder),
            Validation = Validation(root, folder),
            Frames = root.IsNull("frames") ? null : (int?)root.Whole("frames", 1, 1 << 16),
            MaxTokens = (int?)root.Whole("max_tokens", 1, MostTokens) ?? defaults.MaxTokens,
            BatchSize = (int?)root.Whole("batch_size", 1, MostSamples) ?? defaults.BatchSize,
            MicroBatchTokens = (int?)root.Whole("micro_batch_tokens", 1, MostTokens) ?? defaults.MicroBatchTokens,
            Steps = root.IsNull("steps") ? null : root.Whole("steps", 1),
            Epochs = (root.IsNull("epochs") ? null : root.Number("epochs", value => value is > 0 and <= 1e6, "a number above 0, at most 1000000")) ?? defaults.Epochs,
            Seed = root.Whole("seed", 0) ?? defaults.Seed,
            Train = Train(root),
            TowerLayerDecay = root.Number("tower_layer_decay", value => value is > 0 and <= 1, "a number above 0, at most 1") ?? defaults.TowerLayerDecay,
            Lora = lora,
            Optimizer = Optimizer(root.Section("optimizer")),
            Schedule = Schedule(root.Section("schedule")),
            Dpo = Dpo(root, task, lora, folder),
            Memory = Memory(root.Section("memory")),
            Save = Save(root.Section("save")),
            Log = Log(root.Section("log")),
        };
        root.End();
        if (recipe.Steps is not null && root.Find("epochs") is not null and not RecipeScalar { IsNull: true })
        {
            throw root.Conflict("epochs", "and 'steps' are both given; keep one");
        }

        if (recipe.World is not null && (recipe.Data.Count > 0 || recipe.Validation.Data.Count > 0 || task != TrainingTask.Sft))
        {
            throw root.Conflict("world", recipe.Data.Count > 0 ? "and 'data' are both given; rendered clips need no data files, keep one"
                : recipe.Validation.Data.Count > 0 ? "is judged by what the model writes about rendered clips ('world.judged_clips'); remove 'validation'"
                : "is given, but 'task' is dpo; make pairs of rendered clips with `kinora train pairs --scorer toybox` and give them as 'data'");
        }

        return recipe.Train.Count > 0 || recipe.Lora is not null ? recipe
            : throw new RecipeException($"{name}: nothing would learn; give 'train' patterns of parameter names, or 'lora'");
    }

    private static List<DataSource> Data(RecipeSection section, string folder)
    {
        var sources = new List<DataSource>();
        foreach (var (entry, place) in section.Sections("data"))
        {
            sources.Add(new DataSource(OptionalPath(entry, "path", folder, "a data file") ?? throw new RecipeException($"{place}: a data file has no 'path'"))
            {
                Format = entry.IsNull("format") ? null : entry.Choice("format", formats),
                Media = OptionalPath(entry, "media", folder, "the folder of pictures and videos"),
                Weight = entry.IsNull("weight") ? null : entry.Number("weight", value => value > 0, PositiveNumber),
            });
            entry.End();
        }

        return sources.Count(source => source.Weight is not null) is var weights && (weights == 0 || weights == sources.Count) ? sources
            : throw section.Conflict("data", $"has {weights} weights for {sources.Count} files; give each a weight, or none");
    }

    private static ValidationSection Validation(RecipeSection root, string folder)
    {
        var section = root.Section("validation");
        var validation = new ValidationSection { Data = Data(section, folder), EverySteps = section.Whole("every_steps", 1) ?? defaults.Validation.EverySteps };
        section.End();
        return validation;
    }

    private static List<ParameterRule> Train(RecipeSection root)
    {
        var rules = new List<ParameterRule>();
        foreach (var (entry, place) in root.Sections("train"))
        {
            rules.Add(new ParameterRule(entry.Text("parameters", "a pattern of parameter names") ?? throw new RecipeException($"{place}: a part of 'train' has no 'parameters'; give a pattern of parameter names, as in multi_modal_projector.*"))
            {
                Optimizer = entry.Choice("optimizer", Optimizers) ?? OptimizerKind.AdamW,
                LearningRate = entry.IsNull("learning_rate") ? null : Rate(entry),
                WeightDecay = entry.IsNull("weight_decay") ? null : Decay(entry),
            });
            entry.End();
        }

        return rules;
    }

    private static LoraSection? Lora(RecipeSection root)
    {
        var section = root.Section("lora");
        if (!section.IsThere)
        {
            return null;
        }

        var lora = new LoraSection
        {
            Rank = (int?)section.Whole("rank", 1, 1 << 14) ?? loraDefaults.Rank,
            Alpha = section.Number("alpha", value => value > 0, PositiveNumber) ?? loraDefaults.Alpha,
            Targets = section.Texts("targets", "a list of linear layers, as in [q_proj, v_proj]") ?? loraDefaults.Targets,
            Dropout = section.Number("dropout", value => value is >= 0 and < 1, "a number of at least 0 and below 1") ?? loraDefaults.Dropout,
            LearningRate = section.IsNull("learning_rate") ? null : Rate(section),
        };
        section.End();
        return lora;
    }

    private static OptimizerSection Optimizer(RecipeSection section)
    {
        var betas = section.Numbers("betas", 2, value => value is >= 0 and < 1, "two numbers of at least 0 and below 1, as in [0.9, 0.999]");
        var optimizer = new OptimizerSection
        {
            LearningRate = Rate(section) ?? defaults.Optimizer.LearningRate,
            Beta1 = betas?[0] ?? defaults.Optimizer.Beta1,
            Beta2 = betas?[1] ?? defaults.Optimizer.Beta2,
            Eps = section.Number("eps", value => value > 0, PositiveNumber) ?? defaults.Optimizer.Eps,
            WeightDecay = Decay(section) ?? defaults.Optimizer.WeightDecay,
            Momentum = section.Number("momentum", value => value is >= 0 and < 1, "a number of at least 0 and below 1") ?? defaults.Optimizer.Momentum,
            MaxGradNorm = section.IsNull("max_grad_norm") ? null : section.Number("max_grad_norm", value => value > 0, "a number above 0, or null for none") ?? defaults.Optimizer.MaxGradNorm,
        };
        section.End();
        return optimizer;
    }

    private static ScheduleSection Schedule(RecipeSection section)
    {
        var steps = section.IsNull("warmup_steps") ? null : section.Whole("warmup_steps", 0);
        var ratio = section.IsNull("warmup_ratio") ? null : section.Number("warmup_ratio", IsShare, ShareNumber);
        if (steps is not null && ratio is not null)
        {
            throw section.Conflict("warmup_ratio", "and 'schedule.warmup_steps' are both given; keep one");
        }

        var schedule = new ScheduleSection
        {
            Kind = section.Choice("kind", Kinds) ?? defaults.Schedule.Kind,
            WarmupSteps = steps,
            WarmupRatio = ratio ?? defaults.Schedule.WarmupRatio,
            MinRatio = section.Number("min_ratio", IsShare, ShareNumber) ?? defaults.Schedule.MinRatio,
            Floor = section.Number("floor", IsShare, ShareNumber) ?? defaults.Schedule.Floor,
        };
        section.End();
        return schedule;
    }

    private static DpoSection? Dpo(RecipeSection root, TrainingTask task, LoraSection? lora, string folder)
    {
        var section = root.Section("dpo");
        if (task != TrainingTask.Dpo)
        {
            return section.IsThere ? throw root.Conflict("dpo", "is given, but 'task' is sft; set task: dpo, or remove it") : null;
        }

        var kind = (section.Text("reference", "start, lora_off or the directory of a checkpoint") ?? "start") switch
        {
            "start" => ReferenceKind.Start,
            "lora_off" => ReferenceKind.LoraOff,
            _ => ReferenceKind.Directory,
        };
        var dpo = new DpoSection
        {
            Beta = section.Number("beta", value => value > 0, PositiveNumber) ?? dpoDefaults.Beta,
            Reference = kind,
            ReferenceDirectory = kind == ReferenceKind.Directory ? OptionalPath(section, "reference", folder, "a directory") : null,
        };
        section.End();
        return kind != ReferenceKind.LoraOff || lora is not null ? dpo : throw section.Conflict("reference", "is lora_off, but there is no 'lora'; add it, or take start");
    }

    private static MemorySection Memory(RecipeSection section)
    {
        var memory = new MemorySection
        {
            GradientCheckpointing = section.Switch("gradient_checkpointing") ?? defaults.Memory.GradientCheckpointing,
            Activations = section.Choice("activations", Activations) ?? defaults.Memory.Activations,
        };
        section.End();
        return memory.GradientCheckpointing || memory.Activations == StorageFormat.F32 ? memory
            : throw section.Conflict("activations", "is bf16, which holds for the inputs that gradient checkpointing keeps; set memory.gradient_checkpointing: true as well");
    }

    private static SaveSection Save(RecipeSection section)
    {
        var save = new SaveSection
        {
            EverySteps = section.Whole("every_steps", 1) ?? defaults.Save.EverySteps,
            KeepLast = (int?)section.Whole("keep_last", 1, int.MaxValue) ?? defaults.Save.KeepLast,
            KeepBest = section.Switch("keep_best") ?? defaults.Save.KeepBest,
        };
        section.End();
        return save;
    }

    private static LogSection Log(RecipeSection section)
    {
        var log = new LogSection { EverySteps = section.Whole("every_steps", 1) ?? defaults.Log.EverySteps, TensorBoard = section.Switch("tensorboard") ?? defaults.Log.TensorBoard };
        section.End();
        return log;
    }

    private static double? Rate(RecipeSection section) => section.Number("learning_rate", value => value > 0, PositiveNumber);

    private static double? Decay(RecipeSection section) => section.Number("weight_decay", value => value >= 0, DecayNumber);

    private static bool IsShare(double value) => value is >= 0 and <= 1;

    private static string? OptionalPath(RecipeSection section, string key, string folder, string expected)
        => section.IsNull(key) || section.Text(key, expected) is not { } path ? null : Path.GetFullPath(path, section.Find(key)!.Place.Folder(folder));
}
