namespace Kinora.Toybox.World;

/// <summary>The seeds that are never trained on, so that every model of this world can be judged by clips that it can't have seen.</summary>
public static class HeldOutSeeds
{
    /// <summary>The first.</summary>
    public const long First = 900_000;

    /// <summary>The last.</summary>
    public const long Last = 999_999;

    /// <summary>The last so many are for a look while training; scores are told from the others.</summary>
    public const int JudgedWhileTraining = 10_000;

    /// <summary>All of them.</summary>
    public static SeedRange All => new(First, Last);

    /// <summary>Those that models are looked at with while they train.</summary>
    public static SeedRange Judged => new(Last - JudgedWhileTraining + 1, Last);
}
