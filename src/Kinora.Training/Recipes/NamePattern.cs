namespace Kinora.Training.Recipes;

/// <summary>A name in which <c>*</c> stands for any characters, dots and none included.</summary>
public static class NamePattern
{
    /// <summary>Whether the whole of a name fits a pattern; no pattern takes longer than the product of both lengths.</summary>
    public static bool Matches(string pattern, string name)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        ArgumentNullException.ThrowIfNull(name);
        var (at, place, star, resume) = (0, 0, -1, 0);
        while (place < name.Length)
        {
            if (at < pattern.Length && pattern[at] == '*')
            {
                (star, resume) = (at++, place);
            }
            else if (at < pattern.Length && pattern[at] == name[place])
            {
                at++;
                place++;
            }
            else if (star >= 0)
            {
                // The last star takes one character more; those before it never need to.
                (at, place) = (star + 1, ++resume);
            }
            else
            {
                return false;
            }
        }

        return pattern.AsSpan(at).TrimStart('*').IsEmpty;
    }
}
