namespace Kinora.Models.Describing;

/// <summary>What a user typed, checked before frames are decoded for it.</summary>
internal static class TypedText
{
    // About ten thousand words; reading grows with the square of the length, so a megabyte would take days.
    private const int Longest = 1 << 16;

    /// <summary>Refuses what is too long.</summary>
    /// <exception cref="DescribeException">It is.</exception>
    public static string Checked(string typed)
        => typed.Length <= Longest ? typed : throw new DescribeException($"the question has {typed.Length} characters; at most {Longest} are read, shorten it");
}
