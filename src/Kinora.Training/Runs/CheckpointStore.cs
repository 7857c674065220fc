using System.Globalization;

namespace Kinora.Training.Runs;

/// <summary>
/// The checkpoints of a run: directories <c>step-00000123</c>, each with a manifest of its files. Whatever kills the program at whatever moment, the newest whole checkpoint stays, and a
/// damaged one is recognised. Also replaces other directories of the run, such as the adapter, in the same safe way. Not thread-safe.
/// </summary>
public sealed class CheckpointStore
{
    private const string Prefix = "step-";

    private readonly string run;
    private readonly string folder;
    private readonly DirectoryReplacement replacement;

    // What this process wrote or has hashed; gigabytes aren't hashed again at each save.
    private readonly HashSet<long> sound = [];

    /// <summary>Opens the store and removes what a killed run left unfinished.</summary>
    /// <param name="runDirectory">The run's directory.</param>
    /// <exception cref="RunException">It can't be read.</exception>
    public CheckpointStore(string runDirectory)
        : this(runDirectory, new DurableFiles())
    {
    }

    internal CheckpointStore(string runDirectory, DurableFiles files)
    {
        ArgumentException.ThrowIfNullOrEmpty(runDirectory);
        run = runDirectory;
        folder = Path.Combine(runDirectory, "checkpoints");
        replacement = new DirectoryReplacement(files);
        Guarded(run, "can't be read", () =>
        {
            replacement.Recover(run);
            replacement.Recover(folder);
        });
    }

    /// <summary>Writes a checkpoint; one of the same step is replaced.</summary>
    /// <param name="step">Optimiser steps that were done.</param>
    /// <param name="write">Given an empty directory to fill; it may have folders of its own.</param>
    /// <returns>Where it is now.</returns>
    /// <exception cref="RunException">The disk is full, or something else failed; all that was saved before is untouched.</exception>
    public SavedCheckpoint Save(long step, Action<string> write)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ArgumentNullException.ThrowIfNull(write);
        replacement.Replace(folder, NameOf(step), write, directory => replacement.Files.Write(Path.Combine(directory, CheckpointManifest.FileName), CheckpointManifest.Of(directory, step)));
        sound.Add(step);
        return new SavedCheckpoint(step, Path.Combine(folder, NameOf(step)));
    }

    /// <summary>Puts a directory of the run in place of the one that may be there, at once and whole.</summary>
    /// <param name="name">Its name, such as <c>adapter</c>.</param>
    /// <param name="write">Given an empty directory to fill.</param>
    /// <exception cref="RunException">The disk is full, or something else failed; the one that was there is untouched.</exception>
    public void Replace(string name, Action<string> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        if (string.IsNullOrEmpty(name) || name[0] == '.' || Path.GetFileName(name) != name)
        {
            throw new ArgumentException("Expected the plain name of a directory.", nameof(name));
        }

        replacement.Replace(run, name, write);
    }

    /// <summary>The newest checkpoint that is whole, or null if there is none.</summary>
    /// <param name="damaged">Told one line about each newer one that isn't.</param>
    /// <exception cref="RunException">The directory can't be read.</exception>
    public SavedCheckpoint? Latest(Action<string>? damaged = null)
    {
        foreach (var step in Steps())
        {
            var directory = Path.Combine(folder, NameOf(step));
            if (Problem(step) is not { } problem)
            {
                return new SavedCheckpoint(step, directory);
            }

            damaged?.Invoke(Models.Quotation.Line($"{directory} is damaged and passed over: {problem}"));
        }

        return null;
    }

    /// <summary>The newest checkpoint that is whole, or null in a run that has saved none yet.</summary>
    /// <param name="damaged">Told one line about each newer one that isn't.</param>
    /// <exception cref="RunException">All are damaged, where beginning anew would write over what may still be repaired; or the directory can't be read.</exception>
    public SavedCheckpoint? ToGoOnFrom(Action<string>? damaged = null)
        => Latest(damaged) ?? (Steps() is { Count: > 0 } steps
            ? throw new RunException(run, $"none of its {steps.Count} checkpoints is whole, so it can't go on; nothing was changed; put one back from a copy, or train anew with another --out")
            : null);

    /// <summary>The checkpoint of a step, or null if there is none or it is damaged.</summary>
    /// <param name="step">Optimiser steps that were done.</param>
    /// <exception cref="RunException">The directory can't be read.</exception>
    public SavedCheckpoint? At(long step) => Steps().Contains(step) && Problem(step) is null ? new(step, Path.Combine(folder, NameOf(step))) : null;

    /// <summary>Removes old checkpoints; damaged ones don't count and stay, for whoever wants to look at them.</summary>
    /// <param name="keepLast">So many of the newest whole ones stay, at least 1.</param>
    /// <param name="bestStep">The one that stays as well, or null.</param>
    /// <exception cref="RunException">One can't be removed.</exception>
    public void Prune(int keepLast, long? bestStep)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(keepLast, 1);
        var kept = 0;
        foreach (var step in Steps())
        {
            if (Problem(step) is null && ++kept > keepLast && step != bestStep)
            {
                Guarded(Path.Combine(folder, NameOf(step)), "can't be removed", () => replacement.Remove(folder, NameOf(step)));
                sound.Remove(step);
            }
        }
    }

    /// <summary>The steps of all checkpoints, newest first, damaged ones too.</summary>
    /// <exception cref="RunException">The directory can't be read.</exception>
    public IReadOnlyList<long> Steps()
    {
        var steps = new List<long>();
        Guarded(folder, "can't be read", () =>
        {
            foreach (var directory in Directory.Exists(folder) ? Directory.GetDirectories(folder, Prefix + "*") : [])
            {
                if (long.TryParse(Path.GetFileName(directory)[Prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var step) && NameOf(step) == Path.GetFileName(directory))
                {
                    steps.Add(step);
                }
            }
        });
        steps.Sort((left, right) => right.CompareTo(left));
        return steps;
    }

    private static string NameOf(long step) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{step:00000000}");

    private string? Problem(long step)
    {
        var problem = sound.Contains(step) ? null : CheckpointManifest.Problem(Path.Combine(folder, NameOf(step)), step);
        if (problem is null)
        {
            sound.Add(step);
        }

        return problem;
    }

    private static void Guarded(string path, string problem, Action action)
    {
        try
        {
            action();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new RunException(path, $"{problem} ({error.Message}); give rights there", error);
        }
    }
}
