namespace Kinora.Training.Recipes;

/// <summary>Finds the name that was probably meant.</summary>
internal static class NearestName
{
    /// <summary>The known name with the fewest changed letters, or null if none is near.</summary>
    public static string? Of(string name, IReadOnlyList<string> known)
    {
        // Longer ones are no slips of the keyboard.
        if (name.Length > 64)
        {
            return null;
        }

        var (best, least) = ((string?)null, Math.Max(2, name.Length / 3) + 1);
        foreach (var candidate in known)
        {
            var distance = Distance(name, candidate);
            if (distance < least)
            {
                (best, least) = (candidate, distance);
            }
        }

        return best;
    }

    /// <summary>Levenshtein's distance.</summary>
    private static int Distance(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (left[i - 1] == right[j - 1] ? 0 : 1)));
            }
        }

        return row[^1];
    }
}
