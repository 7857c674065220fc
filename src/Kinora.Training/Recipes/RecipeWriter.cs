using System.Globalization;
using System.Text;
using Kinora.Training.Data;
using Kinora.Training.Data.Formats;

namespace Kinora.Training.Recipes;

/// <summary>Writes every value of a recipe.</summary>
internal static class RecipeWriter
{
    public static string Print(Recipe recipe)
    {
        var text = new StringBuilder();
        Append(text, Values(recipe), 0, false);
        return text.ToString();
    }

    public static IReadOnlyList<string> Differences(Recipe from, Recipe to)
    {
        var (left, right) = (new List<(string Key, string Value)>(), new List<(string Key, string Value)>());
        Flatten(Values(from), "", left);
        Flatten(Values(to), "", right);
        var lines = new List<string>();
        foreach (var key in left.Concat(right).Select(entry => entry.Key).Distinct())
        {
            var (before, after) = (Of(left, key), Of(right, key));
            if (before != after)
            {
                lines.Add($"{key}: {before} -> {after}");
            }
        }

        return lines;

        static string Of(List<(string Key, string Value)> values, string key) => values.Find(entry => entry.Key == key).Value ?? "(nothing)";
    }

    /// <summary>All keys with values: texts, ready to be written; lists; and keys again.</summary>
    private static List<(string Key, object Value)> Values(Recipe recipe) => recipe.Stages.Count == 0 ? OfOne(recipe) : Keys(
        ("create", Create(recipe.Create)),
        ("stages", recipe.Stages.Select(stage => Keys([("name", Text(stage.Name)), .. OfOne(stage.Recipe)])).ToList()));

    private static List<(string Key, object Value)> OfOne(Recipe recipe) =>
    [
        ("task", Name(RecipeReader.Tasks, recipe.Task)),
        ("model", Text(recipe.Model)),
        ("world", World(recipe.World)),
        ("data", Data(recipe.Data)),
        ("validation", Keys(("data", Data(recipe.Validation.Data)), ("every_steps", Number(recipe.Validation.EverySteps)))),
        ("frames", Number(recipe.Frames)),
        ("max_tokens", Number(recipe.MaxTokens)),
        ("batch_size", Number(recipe.BatchSize)),
        ("micro_batch_tokens", Number(recipe.MicroBatchTokens)),
        recipe.Steps is { } steps ? ("steps", Number(steps)) : ("epochs", Number(recipe.Epochs)),
        ("seed", Number(recipe.Seed)),
        ("train", recipe.Train.Select(rule => Keys(("parameters", Text(rule.Parameters)), ("optimizer", Name(RecipeReader.Optimizers, rule.Optimizer)), ("learning_rate", Number(rule.LearningRate)), ("weight_decay", Number(rule.WeightDecay)))).ToList()),
        ("tower_layer_decay", Number(recipe.TowerLayerDecay)),
        ("lora", recipe.Lora is not { } lora ? "null" : Keys(
            ("rank", Number(lora.Rank)),
            ("alpha", Number(lora.Alpha)),
            ("targets", $"[{string.Join(", ", lora.Targets.Select(Text))}]"),
            ("dropout", Number(lora.Dropout)),
            ("learning_rate", Number(lora.LearningRate)))),
        ("optimizer", Keys(
            ("learning_rate", Number(recipe.Optimizer.LearningRate)),
            ("betas", $"[{Number(recipe.Optimizer.Beta1)}, {Number(recipe.Optimizer.Beta2)}]"),
            ("eps", Number(recipe.Optimizer.Eps)),
            ("weight_decay", Number(recipe.Optimizer.WeightDecay)),
            ("momentum", Number(recipe.Optimizer.Momentum)),
            ("max_grad_norm", Number(recipe.Optimizer.MaxGradNorm)))),
        ("schedule", Keys(
            ("kind", Name(RecipeReader.Kinds, recipe.Schedule.Kind)),
            recipe.Schedule.WarmupSteps is { } warmup ? ("warmup_steps", Number(warmup)) : ("warmup_ratio", Number(recipe.Schedule.WarmupRatio)),
            ("min_ratio", Number(recipe.Schedule.MinRatio)),
            ("floor", Number(recipe.Schedule.Floor)))),
        ("dpo", recipe.Dpo is not { } dpo ? "null" : Keys(
            ("beta", Number(dpo.Beta)),
            ("reference", dpo.Reference switch { ReferenceKind.Start => "start", ReferenceKind.LoraOff => "lora_off", _ => Text(dpo.ReferenceDirectory) }))),
        ("memory", Keys(
            ("gradient_checkpointing", Switch(recipe.Memory.GradientCheckpointing)),
            ("activations", Name(RecipeReader.Activations, recipe.Memory.Activations)))),
        ("save", Keys(
            ("every_steps", Number(recipe.Save.EverySteps)),
            ("keep_last", Number(recipe.Save.KeepLast)),
            ("keep_best", Switch(recipe.Save.KeepBest)))),
        ("log", Keys(("every_steps", Number(recipe.Log.EverySteps)), ("tensorboard", Switch(recipe.Log.TensorBoard)))),
    ];

    private static object Create(CreateSection? create) => create is null ? "null" : Keys(
        ("image_size", Number(create.ImageSize)),
        ("patch_size", Number(create.PatchSize)),
        ("vision_hidden", Number(create.VisionHidden)),
        ("vision_inner", Number(create.VisionInner)),
        ("vision_layers", Number(create.VisionLayers)),
        ("vision_heads", Number(create.VisionHeads)),
        ("hidden", Number(create.Hidden)),
        ("inner", Number(create.Inner)),
        ("layers", Number(create.Layers)),
        ("heads", Number(create.Heads)),
        ("key_value_heads", Number(create.KeyValueHeads)),
        ("rope_theta", Number(create.RopeTheta)),
        ("vocabulary", Number(create.Vocabulary)));

    private static object World(WorldSection? world) => world is null ? "null" : Keys(
        ("seeds", world.Seeds.ToString()),
        ("lessons", Keys(
            ("frames", Number(world.Lessons.Frames)),
            ("motions", Number(world.Lessons.Motions)),
            ("stills", Number(world.Lessons.Stills)),
            ("clips", Number(world.Lessons.Clips)),
            ("descriptions", Number(world.Lessons.Descriptions)),
            ("instructions", Number(world.Lessons.Instructions)),
            ("differences", Number(world.Lessons.Differences)))),
        ("levels", Numbers(world.Levels)),
        ("final_levels", Numbers(world.FinalLevels)),
        ("room", Number(world.Room)),
        ("letters_first", Number(world.LettersFirst)),
        ("letter_weight", Number(world.LetterWeight)),
        ("tower_loss", Number(world.TowerLoss)),
        ("motion_loss", Number(world.MotionLoss)),
        ("judged_clips", Number(world.JudgedClips)),
        ("judge_every_steps", Number(world.JudgeEverySteps)));

    private static string Numbers(IReadOnlyList<double> values) => $"[{string.Join(", ", values.Select(value => Number(value)))}]";

    private static List<List<(string, object)>> Data(IReadOnlyList<DataSource> sources) => [.. sources.Select(source => Keys(
        ("path", Text(source.Path)),
        ("format", source.Format is { } format ? FormatName(format) : "null"),
        ("media", Text(source.Media)),
        ("weight", Number(source.Weight))))];

    private static List<(string, object)> Keys(params (string, object)[] entries) => [.. entries];

    private static string FormatName(DataFormat format) => DataFormats.Names.First(name => DataFormats.Parse(name) == format);

    private static string Name<T>((string Name, T Value)[] choices, T value) => Array.Find(choices, choice => Equals(choice.Value, value)).Name;

    private static string Switch(bool value) => value ? "true" : "false";

    private static string Number(double? value) => value is { } number ? number.ToString("R", CultureInfo.InvariantCulture).Replace('E', 'e') : "null";

    private static string Number(long? value) => value is { } number ? number.ToString(CultureInfo.InvariantCulture) : "null";

    private static string Number(int? value) => Number((long?)value);

    /// <summary>In quotation marks, with everything written as an escape that isn't plainly visible.</summary>
    private static string Text(string? value)
    {
        if (value is null)
        {
            return "null";
        }

        var text = new StringBuilder("\"");
        foreach (var unit in value)
        {
            if (unit is '"' or '\\')
            {
                text.Append('\\').Append(unit);
            }
            else if (unit < ' ' || unit == '\x7F' || (unit > '\x7F' && !char.IsLetterOrDigit(unit) && !char.IsPunctuation(unit) && !char.IsSymbol(unit) && !char.IsSurrogate(unit)))
            {
                text.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}");
            }
            else
            {
                text.Append(unit);
            }
        }

        return text.Append('"').ToString();
    }

    private static void Append(StringBuilder text, List<(string Key, object Value)> entries, int indent, bool isItem)
    {
        foreach (var (key, value) in entries)
        {
            text.Append(' ', isItem ? indent - 2 : indent).Append(isItem ? "- " : "").Append(key).Append(':');
            isItem = false;
            switch (value)
            {
                case string scalar:
                    text.Append(' ').Append(scalar).Append('\n');
                    break;
                case List<(string, object)> section:
                    text.Append('\n');
                    Append(text, section, indent + 2, false);
                    break;
                case List<List<(string, object)>> { Count: > 0 } items:
                    text.Append('\n');
                    items.ForEach(item => Append(text, item, indent + 4, true));
                    break;
                default:
                    text.Append(" []\n");
                    break;
            }
        }
    }

    private static void Flatten(List<(string Key, object Value)> entries, string path, List<(string, string)> flat)
    {
        foreach (var (key, value) in entries)
        {
            switch (value)
            {
                case string scalar:
                    flat.Add((path + key, scalar));
                    break;
                case List<(string, object)> section:
                    Flatten(section, $"{path}{key}.", flat);
                    break;
                case List<List<(string, object)>> items:
                    for (var i = 0; i < items.Count; i++)
                    {
                        Flatten(items[i], $"{path}{key}.{i}.", flat);
                    }

                    break;
            }
        }
    }
}
