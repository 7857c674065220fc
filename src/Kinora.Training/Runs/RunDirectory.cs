using System.Text;
using Kinora.Training.Creation;
using Kinora.Training.Recipes;

namespace Kinora.Training.Runs;

/// <summary>
/// The directory of a run: its recipe with every value, log, checkpoints, and what came out. One process at a time has it; the operating system gives it free when that process ends, however it ends.
/// </summary>
public sealed class RunDirectory : IDisposable
{
    private const string RecipeName = "recipe.yaml";
    private const string LockName = "lock";
    private const string Begun = RecipeName + ".new";

    // EWOULDBLOCK, and Windows' sharing violation.
    private const int HeldOnLinux = 11;
    private const int HeldOnMac = 35;
    private const int HeldOnWindows = unchecked((int)0x80070020);

    private readonly FileStream hold;

    private RunDirectory(string path, FileStream hold, Recipe recipe)
        => (Path, this.hold, Recipe, Checkpoints) = (path, hold, recipe, new CheckpointStore(path));

    /// <summary>The directory as it was named.</summary>
    public string Path { get; }

    /// <summary>The recipe that the run was started with.</summary>
    public Recipe Recipe { get; }

    /// <summary>The run's checkpoints.</summary>
    public CheckpointStore Checkpoints { get; }

    /// <summary>The log, JSON lines.</summary>
    public string LogFile => LogFileOf(Path);

    /// <summary>The folder of TensorBoard's event files.</summary>
    public string TensorBoardFolder => System.IO.Path.Combine(Path, "tensorboard");

    /// <summary>The reference's log-probabilities, of preference tuning.</summary>
    public string ReferenceFile => System.IO.Path.Combine(Path, "reference.jsonl");

    /// <summary>The log of a run that this process need not have.</summary>
    public static string LogFileOf(string path) => System.IO.Path.Combine(path, "log.jsonl");

    /// <summary>Whether a directory is a run's.</summary>
    public static bool IsRun(string path) => File.Exists(System.IO.Path.Combine(path, RecipeName));

    /// <summary>The recipe of a run that this process need not have, or null if the directory is no run.</summary>
    /// <exception cref="RecipeException">It is damaged.</exception>
    public static Recipe? RecipeOf(string path) => IsRun(path) ? Recipe.Load(System.IO.Path.Combine(path, RecipeName)) : null;

    /// <summary>Makes the directory of a new run.</summary>
    /// <param name="path">A directory that is not there, or is empty, or is left from a run that never came to its first step.</param>
    /// <param name="recipe">What is stored with it.</param>
    /// <exception cref="RunException">There is something in it, another process has it, or it can't be written.</exception>
    public static RunDirectory Create(string path, Recipe recipe)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(recipe);
        return Guarded(path, "can't be made", () =>
        {
            RefuseUsed(path);
            Directory.CreateDirectory(path);
            return Locked(path, () =>
            {
                // Another process may have begun while this one waited for nothing.
                RefuseUsed(path);
                var files = new DurableFiles();
                files.Write(System.IO.Path.Combine(path, Begun), Encoding.UTF8.GetBytes(recipe.Print()));
                files.Rename(System.IO.Path.Combine(path, Begun), System.IO.Path.Combine(path, RecipeName));
                files.SyncDirectory(path);
                return recipe;
            });
        });
    }

    /// <summary>Opens a run that was begun, to go on with it.</summary>
    /// <param name="path">The run's directory.</param>
    /// <exception cref="RunException">It is none, another process has it, or it can't be read.</exception>
    /// <exception cref="RecipeException">Its recipe is damaged.</exception>
    public static RunDirectory Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return IsRun(path)
            ? Guarded(path, "can't be used", () => Locked(path, () => Recipe.Load(System.IO.Path.Combine(path, RecipeName))))
            : throw new RunException(path, $"is no run ({(Directory.Exists(path) ? $"it holds no {RecipeName}" : "there is no such directory")}); start one with `kinora train RECIPE`");
    }

    /// <summary>Takes the recipe back from a run that has nothing else yet, so that a mended recipe can be tried in the same directory.</summary>
    public void ForgetUnlessBegun()
    {
        try
        {
            if (Directory.EnumerateFileSystemEntries(Path).All(entry => System.IO.Path.GetFileName(entry) is LockName or RecipeName or NewModel.Directory))
            {
                File.Delete(System.IO.Path.Combine(Path, RecipeName));

                // Another recipe may want another one.
                if (System.IO.Path.Combine(Path, NewModel.Directory) is var made && Directory.Exists(made))
                {
                    Directory.Delete(made, recursive: true);
                }
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Then the next try is told of it.
        }
    }

    /// <summary>Gives the directory free.</summary>
    public void Dispose() => hold.Dispose();

    private static void RefuseUsed(string path)
    {
        if (File.Exists(path))
        {
            throw new RunException(path, "is a file; name a directory for the run");
        }

        string[] names = Directory.Exists(path) ? [.. Directory.EnumerateFileSystemEntries(path).Select(entry => System.IO.Path.GetFileName(entry))] : [];

        // A run that was killed before it had begun, or whose recipe didn't fit the model, leaves these and nothing that could be lost.
        var unbegun = names.Contains(LockName) && names.All(name => name is LockName or Begun or RecipeName);
        if (IsRun(path) && !unbegun)
        {
            throw new RunException(path, $"holds a run already; go on with it by `kinora train resume {path}`, or name another directory");
        }

        if (names.Length > 0 && !unbegun)
        {
            throw new RunException(path, "isn't empty and no run; name a new or empty directory");
        }
    }

    private static RunDirectory Locked(string path, Func<Recipe> recipe)
    {
        FileStream hold;
        try
        {
            // Never deleted: two processes could then hold two files of the same name.
            hold = new FileStream(System.IO.Path.Combine(path, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error) when (error.HResult is HeldOnLinux or HeldOnMac or HeldOnWindows)
        {
            throw new RunException(path, "is in use by another process; wait until it ends, or stop it with Ctrl-C, which saves first", error);
        }

        try
        {
            return new RunDirectory(path, hold, recipe());
        }
        catch
        {
            hold.Dispose();
            throw;
        }
    }

    private static RunDirectory Guarded(string path, string problem, Func<RunDirectory> action)
    {
        try
        {
            return action();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new RunException(path, $"{problem} ({error.Message}); make room or give rights there, or name another directory", error);
        }
    }
}
