namespace Kinora.Training.Recipes;

/// <summary>Makes a recipe of stages: each has all keys of the root, and its own in their place.</summary>
internal static class StagesReader
{
    private static readonly CreateSection defaults = new();

    public static Recipe Read(RecipeMap map, string name, string folder)
    {
        var list = map.Find("stages") as RecipeList ?? throw new RecipeException($"{map.Find("stages")!.Place}: 'stages' must be a list (lines that begin with '-'), each with a 'name'");
        var common = new RecipeMap(map.Place, [.. map.Entries.Where(entry => entry.Key is not ("stages" or "create"))]);
        var stages = new List<RecipeStage>();
        foreach (var item in list.Items)
        {
            var own = item as RecipeMap ?? throw new RecipeException($"{item.Place}: a stage is made of keys with values, 'name' among them");
            var title = own.Find("name") is RecipeScalar { Text: { Length: > 0 and < 40 } text } && text.All(unit => char.IsAsciiLetterLower(unit) || char.IsAsciiDigit(unit) || unit == '-')
                ? text : throw new RecipeException($"{own.Place}: a stage has a 'name' of small letters, digits and hyphens");
            if (stages.Any(stage => stage.Name == title))
            {
                throw new RecipeException($"{own.Place}: a second stage is called '{title}'; give each its own name");
            }

            if (IsGiven(own, "lora") || IsGiven(common, "lora"))
            {
                throw new RecipeException($"{own.Place}: stages hand whole models on, so 'lora' has no place in them; train the adapter by a recipe of its own");
            }

            if (IsGiven(own, "model") && stages.Count > 0)
            {
                throw new RecipeException($"{own.Find("model")!.Place}: only the first stage can name a 'model'; every other begins with what the one before ended with");
            }

            var merged = Merge(common, new RecipeMap(own.Place, [.. own.Entries.Where(entry => entry.Key != "name")]));
            stages.Add(new(title, RecipeReader.ReadOne(merged, $"{name}, stage {title}", folder)));
        }

        if (stages.Count == 0)
        {
            throw new RecipeException($"{list.Place}: 'stages' is empty; give at least one");
        }

        // What comes after the first begins with what came before it.
        stages = [stages[0], .. stages.Skip(1).Select(stage => stage with { Recipe = stage.Recipe with { Model = null } })];
        var create = Create(new RecipeSection(map, "").Section("create"));
        return create is not null && stages[0].Recipe.Model is not null
            ? throw new RecipeException($"{map.Find("create")!.Place}: 'create' makes a new model and 'model' names another; keep one")
            : new Recipe { Create = create, Stages = stages };
    }

    private static bool IsGiven(RecipeMap map, string key) => map.Find(key) is not (null or RecipeScalar { IsNull: true });

    /// <summary>Keys of the second in place of those of the first; keys within a section likewise, but lists as a whole.</summary>
    private static RecipeMap Merge(RecipeMap first, RecipeMap second)
    {
        var merged = new RecipeMap(second.Place, [.. first.Entries]);
        foreach (var (key, value) in second.Entries)
        {
            merged.Set(key, value is RecipeMap section && first.Find(key) is RecipeMap before ? Merge(before, section) : value);
        }

        return merged;
    }

    private static CreateSection? Create(RecipeSection section)
    {
        if (!section.IsThere)
        {
            return null;
        }

        var create = new CreateSection
        {
            ImageSize = Size("image_size", 8, 1024) ?? defaults.ImageSize,
            PatchSize = Size("patch_size", 2, 256) ?? defaults.PatchSize,
            VisionHidden = Size("vision_hidden", 8, 4096) ?? defaults.VisionHidden,
            VisionInner = Size("vision_inner", 8, 1 << 14) ?? defaults.VisionInner,
            VisionLayers = Size("vision_layers", 2, 64) ?? defaults.VisionLayers,
            VisionHeads = Size("vision_heads", 1, 64) ?? defaults.VisionHeads,
            Hidden = Size("hidden", 8, 4096) ?? defaults.Hidden,
            Inner = Size("inner", 8, 1 << 14) ?? defaults.Inner,
            Layers = Size("layers", 1, 64) ?? defaults.Layers,
            Heads = Size("heads", 1, 64) ?? defaults.Heads,
            KeyValueHeads = Size("key_value_heads", 1, 64) ?? defaults.KeyValueHeads,
            RopeTheta = section.Number("rope_theta", value => value is >= 1 and <= 1e12, "a number of at least 1") ?? defaults.RopeTheta,
            Vocabulary = Size("vocabulary", 300, 1 << 16) ?? defaults.Vocabulary,
        };
        section.End();
        return create.ImageSize % create.PatchSize != 0 ? throw section.Conflict("patch_size", $"({create.PatchSize}) must divide image_size, {create.ImageSize}")
            : create.VisionHidden % create.VisionHeads != 0 ? throw section.Conflict("vision_heads", $"({create.VisionHeads}) must divide vision_hidden, {create.VisionHidden}")
            : create.Hidden % (2 * create.Heads) != 0 ? throw section.Conflict("heads", $"({create.Heads}) must divide hidden, {create.Hidden}, into heads of even size")
            : create.Heads % create.KeyValueHeads != 0 ? throw section.Conflict("key_value_heads", $"({create.KeyValueHeads}) must divide heads, {create.Heads}")
            : create;

        int? Size(string key, int least, int most) => (int?)section.Whole(key, least, most);
    }
}
