using System.Diagnostics;
using Kinora.Training.Recipes;
using Kinora.Training.Runs;

namespace Kinora.Training.Tests.Runs;

public sealed class RunDirectoryTests : IDisposable
{
    private static readonly Recipe recipe = Recipe.Parse("train: [{parameters: '*'}]\nseed: 5", "r", "/r");

    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public void A_new_run_keeps_its_recipe_and_opens_again()
    {
        var path = directory.File("runs/a");
        Assert.False(RunDirectory.IsRun(path));
        RunDirectory.Create(path, recipe).Dispose();
        Assert.True(RunDirectory.IsRun(path));
        using var run = RunDirectory.Open(path);
        Assert.Empty(recipe.Differences(run.Recipe));
        Assert.Equal((Path.Combine(path, "log.jsonl"), Path.Combine(path, "tensorboard")), (run.LogFile, run.TensorBoardFolder));
        Assert.Equal(3, run.Checkpoints.Save(3, _ => { }).Step);
    }

    [Fact]
    public void Directories_that_hold_something_are_refused()
    {
        directory.Write("file", "x");
        Assert.Contains("isn't empty and no run", Refused(directory.Path), StringComparison.Ordinal);
        Assert.Contains("is a file", Refused(directory.File("file")), StringComparison.Ordinal);
        RunDirectory.Create(directory.File("a"), recipe).Dispose();
        directory.Write("a/log.jsonl", "");
        Assert.Contains($"kinora train resume {directory.File("a")}", Refused(directory.File("a")), StringComparison.Ordinal);

        static string Refused(string path) => Assert.Throws<RunException>(() => RunDirectory.Create(path, recipe)).Message;
    }

    [Fact]
    public void What_a_kill_left_before_the_run_began_is_no_obstacle()
    {
        directory.Write("lock", "");
        directory.Write("recipe.yaml.new", "tra");
        using var run = RunDirectory.Create(directory.Path, recipe);
        Assert.True(RunDirectory.IsRun(directory.Path));
        Assert.False(File.Exists(directory.File("recipe.yaml.new")));
    }

    [Fact]
    public void A_run_that_never_came_to_its_first_step_gives_its_place_to_another()
    {
        RunDirectory.Create(directory.File("a"), recipe).Dispose();
        using (var run = RunDirectory.Create(directory.File("a"), recipe with { Seed = 5 }))
        {
            Assert.Contains("in use by another process", Assert.Throws<RunException>(() => RunDirectory.Create(directory.File("a"), recipe)).Message, StringComparison.Ordinal);
        }

        using (var run = RunDirectory.Open(directory.File("a")))
        {
            Assert.Equal(5, run.Recipe.Seed);
        }

        // Somebody's own recipe isn't left from a run.
        File.Delete(directory.File("a/lock"));
        Assert.Throws<RunException>(() => RunDirectory.Create(directory.File("a"), recipe));
    }

    [Fact]
    public void What_is_no_run_cannot_be_opened()
    {
        Assert.Contains("there is no such directory", Assert.Throws<RunException>(() => RunDirectory.Open(directory.File("none"))).Message, StringComparison.Ordinal);
        Assert.Contains("holds no recipe.yaml", Assert.Throws<RunException>(() => RunDirectory.Open(directory.Path)).Message, StringComparison.Ordinal);
        directory.Write("recipe.yaml", "train: [");
        Assert.Throws<RecipeException>(() => RunDirectory.Open(directory.Path));
        directory.Write("recipe.yaml", recipe.Print());
        RunDirectory.Open(directory.Path).Dispose();
    }

    [Fact]
    public void A_run_is_held_by_one_and_free_afterwards()
    {
        var run = RunDirectory.Create(directory.File("a"), recipe);
        Assert.Contains("in use by another process", Assert.Throws<RunException>(() => RunDirectory.Open(directory.File("a"))).Message, StringComparison.Ordinal);
        run.Dispose();
        RunDirectory.Open(directory.File("a")).Dispose();
    }

    [Fact]
    public void The_lock_of_a_killed_process_is_no_obstacle()
    {
        RunDirectory.Create(directory.File("a"), recipe).Dispose();

        // Another program that holds the same kind of lock, until it is killed.
        using var holder = Process.Start(new ProcessStartInfo("flock", ["--no-fork", "--exclusive", directory.File("a/lock"), "sh", "-c", "echo held; exec sleep 60"]) { RedirectStandardOutput = true })!;
        try
        {
            Assert.Equal("held", holder.StandardOutput.ReadLine());
            Assert.Throws<RunException>(() => RunDirectory.Open(directory.File("a")));
        }
        finally
        {
            holder.Kill(entireProcessTree: true);
            holder.WaitForExit();
        }

        RunDirectory.Open(directory.File("a")).Dispose();
    }
}
