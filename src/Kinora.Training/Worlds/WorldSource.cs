using Kinora.Media;
using Kinora.Models.Families;
using Kinora.Tensors;
using Kinora.Toybox.Instructions;
using Kinora.Toybox.Language;
using Kinora.Toybox.Planning;
using Kinora.Toybox.World;
using Kinora.Training.Data;
using Kinora.Training.Data.Loading;
using Kinora.Training.Recipes;

namespace Kinora.Training.Worlds;

/// <summary>Samples of the rendered world: plans, pictures and texts of sample n follow from the seed and n alone. They are made on pool threads while earlier ones are learned from.</summary>
internal sealed class WorldSource : ISampleSource
{
    private const int MostClips = 16;
    private const int ShortestClip = 24;

    // What stands before the frames, and an answer that is longer than the room.
    private const int MostPromptTokens = 128;
    private const double Unchanged = 0.15;

    // Eight miss nothing in any clip.
    private static readonly int[] frameCounts = [4, 6, 8, 8, 8, 10, 12, 16];

    private readonly WorldSection world;
    private readonly WorldEncoder encoder;
    private readonly WorldPixels pixels;
    private readonly VisionLanguageModel model;
    private readonly int frames;
    private readonly long totalSamples;
    private readonly ulong seed;
    private readonly double[] lessons;
    private readonly int ahead;
    private readonly Queue<Task<WorldSample>> begun = new();

    /// <summary>Makes a source; nothing is rendered before the first sample is asked for.</summary>
    /// <param name="world">What is drawn.</param>
    /// <param name="model">The model that it is for.</param>
    /// <param name="frames">Frames of a clip.</param>
    /// <param name="totalSamples">Samples of the whole run, over which the levels move.</param>
    /// <param name="ahead">Samples that are prepared ahead.</param>
    /// <param name="seed">Which samples.</param>
    /// <param name="first">The number of the first, of a run that goes on.</param>
    public WorldSource(WorldSection world, VisionLanguageModel model, int frames, long totalSamples, int ahead, ulong seed, long first)
    {
        (this.world, this.model, this.frames, this.totalSamples, this.ahead, this.seed, NextNumber) = (world, model, frames, totalSamples, ahead, seed, first);
        lessons = world.Lessons.All;
        encoder = new(model, world);
        pixels = new(model);
    }

    private enum Lesson
    {
        Frames,
        Motions,
        Stills,
        Clips,
        Descriptions,
        Instructions,
        Differences,
    }

    /// <summary>Checks that clips and texts fit each other and the model.</summary>
    /// <exception cref="RecipeException">Too many frames.</exception>
    public static void Require(Recipe recipe, VisionLanguageModel model)
    {
        if (recipe.World is not { } world)
        {
            return;
        }

        var frames = recipe.Frames ?? model.DefaultFrames;
        var most = (model.Decoder.Config.MaxPositions - world.Room - MostPromptTokens) / model.Plan([new(1, ClipPlan.Side, ClipPlan.Side, IsVideo: false)]).Tokens;
        if (frames > ShortestClip || frames > most)
        {
            throw new RecipeException(frames > ShortestClip
                ? $"The recipe's frames ({frames}) are more than the {ShortestClip} that the shortest clip of the world has; give fewer"
                : $"The recipe's frames ({frames}) and room ({world.Room} tokens of text) don't fit the {model.Decoder.Config.MaxPositions} positions that the model was made for; give at most {most} frames, or less room");
        }
    }

    /// <inheritdoc/>
    public long NextNumber { get; private set; }

    /// <inheritdoc/>
    public async Task<LoadedSample> TakeAsync(CancellationToken cancellation = default)
    {
        while (begun.Count < ahead)
        {
            var number = NextNumber + begun.Count;
            begun.Enqueue(Task.Run(() => Make(number), CancellationToken.None));
        }

        var sample = await begun.Peek().WaitAsync(cancellation).ConfigureAwait(false);
        _ = begun.Dequeue();
        NextNumber++;
        return sample;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        while (begun.TryDequeue(out var task))
        {
            await ((Task)task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (task.IsCompletedSuccessfully)
            {
                task.Result.Dispose();
            }
        }
    }

    private WorldSample Make(long number)
    {
        var random = new CounterRandom(CounterRandom.Mix(seed, (ulong)number));
        var lesson = (Lesson)random.Weighted(lessons);
        var done = Math.Clamp((double)number / totalSamples, 0, 1);
        var level = 1 + random.Weighted([.. world.Levels.Zip(world.FinalLevels, (from, to) => from + ((to - from) * done))]);
        var (pass, place) = Math.DivRem(number, world.Seeds.Count);
        var clip = world.Seeds.First + new IndexPermutation(world.Seeds.Count, CounterRandom.Mix(seed, ~(ulong)pass)).At(place);
        var plan = ClipPlanner.Plan(clip, level);
        for (var attempt = 0; attempt < MostClips && !Suits(lesson, plan); attempt++)
        {
            clip = world.Seeds.First + random.Below((int)world.Seeds.Count);
            plan = ClipPlanner.Plan(clip, level);
        }

        var (chosen, asked) = Choose(lesson, plan, ref random);
        var source = new SampleSource($"toybox level {level}", (int)clip, 1);
        var (prefix, branches) = lesson == Lesson.Motions ? (encoder.Prefix(chosen.Length), []) : encoder.Encode(chosen.Length, asked);
        return new WorldSample(number, source, encoder.Whole(prefix, branches, chosen.Length), pixels.Of(plan, chosen, random.Next()))
        {
            OwnsInput = true,
            Prefix = prefix,
            Branches = branches,
            Targets = PatchTargets.Of(plan, chosen, pixels.Grid),
        };
    }

    private (int[] Frames, IReadOnlyList<Instruction> Asked) Choose(Lesson lesson, ClipPlan plan, ref CounterRandom random)
    {
        var writer = new InstructionWriter(plan, random.Next());
        if (lesson == Lesson.Frames)
        {
            return ([random.Below(plan.Frames), random.Below(plan.Frames), random.Below(plan.Frames), random.Below(plan.Frames)], []);
        }

        var moments = Moments(plan, lesson);
        if (lesson == Lesson.Stills && moments.Count > 0)
        {
            var shot = moments[random.Below(moments.Count)];
            var still = shot[random.Below(shot.Count)];
            return ([still.Frame], writer.Still(still));
        }

        if (lesson == Lesson.Differences && moments.Count > 0)
        {
            var shot = moments[random.Below(moments.Count)];
            var before = random.Below(shot.Count - 1);

            // Now and then the same picture twice, for nothing may have changed.
            var after = random.Uniform() < Unchanged ? before : before + 1 + random.Below(shot.Count - 1 - before);
            if (DifferenceWriter.IsClear(shot[before].Toys, shot[after].Toys))
            {
                return ([shot[before].Frame, shot[after].Frame], [writer.Difference(shot[before], shot[after])]);
            }
        }

        if (lesson == Lesson.Instructions)
        {
            var counts = Array.FindAll(frameCounts, count => ShowsEverything(plan, count));
            var several = TarsierIndices.Choose(plan.Frames, counts[random.Below(counts.Length)], ClipPlan.FramesPerSecond);
            return (several, writer.Forms(several));
        }

        var chosen = TarsierIndices.Choose(plan.Frames, frames, ClipPlan.FramesPerSecond);
        return (chosen, lesson == Lesson.Motions ? [] : lesson == Lesson.Descriptions ? [writer.Description()] : [writer.Description(), .. writer.Questions(random.Uniform() < world.LettersFirst)]);
    }

    /// <summary>Whether a clip can give a lesson: not every shot can be shown as stills.</summary>
    private static bool Suits(Lesson lesson, ClipPlan plan) => lesson is not (Lesson.Stills or Lesson.Differences) || Moments(plan, lesson).Count > 0;

    private static List<IReadOnlyList<Moment>> Moments(ClipPlan plan, Lesson lesson)
        => lesson is Lesson.Stills or Lesson.Differences ? [.. Moment.Of(plan).Where(moments => moments.Count > (lesson == Lesson.Stills ? 0 : 1))] : [];

    /// <summary>Whether so many frames at equal distances miss no event: one that leaves no trace can't be told.</summary>
    private static bool ShowsEverything(ClipPlan plan, int count)
    {
        var chosen = TarsierIndices.Choose(plan.Frames, count, ClipPlan.FramesPerSecond);
        return ClipFacts.Of(plan).All(fact => chosen.Any(frame => frame >= fact.Start && frame < fact.End));
    }
}
