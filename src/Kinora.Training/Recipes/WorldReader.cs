using System.Globalization;
using Kinora.Toybox.World;

namespace Kinora.Training.Recipes;

/// <summary>Reads what is learned from the rendered world.</summary>
internal static class WorldReader
{
    private const string Share = "a number of at least 0";
    private static readonly WorldSection defaults = new();

    public static WorldSection? Read(RecipeSection section)
    {
        if (!section.IsThere)
        {
            return null;
        }

        var levels = Levels(section, "levels") ?? defaults.Levels;
        var world = new WorldSection
        {
            Seeds = Seeds(section) ?? defaults.Seeds,
            Lessons = Lessons(section),
            Levels = levels,
            FinalLevels = Levels(section, "final_levels") ?? levels,
            Room = (int?)section.Whole("room", 16, 4096) ?? defaults.Room,
            LettersFirst = section.Number("letters_first", value => value is >= 0 and <= 1, "a number from 0 to 1") ?? defaults.LettersFirst,
            LetterWeight = section.Number("letter_weight", value => value is > 0 and <= 100, "a number above 0, at most 100") ?? defaults.LetterWeight,
            TowerLoss = section.Number("tower_loss", IsShare, Share) ?? defaults.TowerLoss,
            MotionLoss = section.Number("motion_loss", IsShare, Share) ?? defaults.MotionLoss,
            JudgedClips = (int?)section.Whole("judged_clips", 0, HeldOutSeeds.JudgedWhileTraining) ?? defaults.JudgedClips,
            JudgeEverySteps = (int?)section.Whole("judge_every_steps", 1, int.MaxValue) ?? defaults.JudgeEverySteps,
        };
        section.End();
        return world;
    }

    private static bool IsShare(double value) => value is >= 0 and <= 1e6;

    private static SeedRange? Seeds(RecipeSection section)
    {
        const string Expected = "two whole numbers as in 0..799999";
        if (section.Text("seeds", Expected) is not { } text)
        {
            return null;
        }

        try
        {
            return SeedRange.Parse(text) is not { Last: < int.MaxValue } seeds ? throw new FormatException()
                : seeds.Overlaps(HeldOutSeeds.All) ? throw section.Conflict("seeds", $"({text}) overlaps {HeldOutSeeds.All}, which are kept to judge models by and never trained on; end before them, as in 0..799999")
                : seeds;
        }
        catch (FormatException)
        {
            throw section.Wrong("seeds", section.Find("seeds")!, Expected);
        }
    }

    private static double[]? Levels(RecipeSection section, string key)
        => section.Numbers(key, 3, IsShare, "three numbers of at least 0, for levels 1, 2 and 3, as in [0.3, 0.4, 0.3]") is not { } shares ? null
            : shares.Sum() > 0 ? shares : throw section.Wrong(key, section.Find(key)!, "at least one level above 0");

    private static LessonShares Lessons(RecipeSection world)
    {
        var section = world.Section("lessons");
        var shares = new LessonShares
        {
            Frames = Of("frames"),
            Motions = Of("motions"),
            Stills = Of("stills"),
            Clips = Of("clips"),
            Descriptions = Of("descriptions"),
            Instructions = Of("instructions"),
            Differences = Of("differences"),
        };
        section.End();
        return shares.All.Sum() > 0
            ? shares : throw world.Conflict("lessons", "needs a share above 0 for at least one of frames, motions, stills, clips, descriptions, instructions and differences, as in {clips: 1}");

        double Of(string key) => section.Number(key, IsShare, Share) ?? 0;
    }
}
