using System.Globalization;
using Kinora.Models;

namespace Kinora.Training.Recipes;

/// <summary>Single values that replace those of a recipe: <c>key.sub=value</c>.</summary>
internal static class RecipeSettings
{
    // Of each pair a recipe has one; a setting that gives the other takes its place.
    private static readonly Dictionary<string, string> alternatives = new()
    {
        ["steps"] = "epochs",
        ["epochs"] = "steps",
        ["schedule.warmup_steps"] = "warmup_ratio",
        ["schedule.warmup_ratio"] = "warmup_steps",
    };

    /// <summary>Puts values into a recipe's nodes; whether keys and values are right is seen when the recipe is read.</summary>
    /// <exception cref="RecipeException">A setting is no such text, or goes through a value that has no keys.</exception>
    public static void Apply(RecipeMap root, IReadOnlyList<string> settings)
    {
        foreach (var setting in settings)
        {
            var split = setting.IndexOf('=', StringComparison.Ordinal);
            var keys = split > 0 ? setting[..split].Trim().Split('.') : [];
            var place = new RecipePlace($"The setting {Quotation.Of(setting)}", true);
            if (keys.Length is 0 or > 8 || keys.Contains(""))
            {
                throw new RecipeException($"{place}: is no setting; expected key=value, as in optimizer.learning_rate=1e-5");
            }

            Put(root, keys, RecipeText.ReadValue(setting[(split + 1)..], place), place);
        }
    }

    private static void Put(RecipeMap root, string[] keys, RecipeNode value, RecipePlace place)
    {
        RecipeNode node = root;
        for (var i = 0; i < keys.Length; i++)
        {
            var (key, isLast) = (keys[i], i == keys.Length - 1);
            RecipeNode? next;
            switch (node)
            {
                case RecipeMap map:
                    next = isLast ? value : map.Find(key) is { } found and not RecipeScalar { IsNull: true } ? found : new RecipeMap(place, []);
                    map.Set(key, next);
                    if (isLast && alternatives.TryGetValue(string.Join('.', keys), out var other))
                    {
                        map.Entries.RemoveAll(entry => entry.Key == other && !entry.Value.Place.IsSetting);
                    }

                    break;
                case RecipeList list when int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < list.Items.Count:
                    next = isLast ? value : list.Items[index];
                    list.Items[index] = next;
                    break;
                case RecipeList list:
                    throw new RecipeException($"{place}: '{string.Join('.', keys[..i])}' is a list of {list.Items.Count}; expected a number from 0 behind it");
                default:
                    throw new RecipeException($"{place}: '{string.Join('.', keys[..i])}' is a single value and has no keys");
            }

            node = next;
        }
    }
}
