using Kinora.Training.Runs;

namespace Kinora.Training.Tests.Runs;

public sealed class CheckpointStoreTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public void The_newest_checkpoint_comes_back_with_all_its_files()
    {
        var store = new CheckpointStore(directory.Path);
        Assert.Null(store.Latest());
        store.Save(9, Writer("nine"));
        var saved = store.Save(123, Writer("hundred"));
        Assert.Equal(directory.File("checkpoints/step-00000123"), saved.Directory);
        Assert.Equal(saved, store.Latest());
        Assert.Equal(saved, new CheckpointStore(directory.Path).Latest());
        Assert.Equal("hundred", Content(saved.Directory));
        Assert.Contains("\"sha256\": \"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"", File.ReadAllText(Path.Combine(store.Save(1, folder => File.WriteAllText(Path.Combine(folder, "x"), "abc")).Directory, "manifest.json")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cut", "bytes where")]
    [InlineData("changed", "was changed")]
    [InlineData("missing", "is missing")]
    [InlineData("added", "isn't in its manifest")]
    [InlineData("no manifest", "manifest.json")]
    [InlineData("cut manifest", "no valid JSON")]
    [InlineData("empty manifest", "isn't one")]
    [InlineData("other step", "of step 1")]
    [InlineData("outside", "which isn't in it")]
    public void Damaged_checkpoints_are_told_and_passed_over(string how, string reason)
    {
        var store = new CheckpointStore(directory.Path);
        var first = store.Save(1, Writer("one"));
        var second = store.Save(2, Writer("two")).Directory;
        Damage(second, how);
        var told = new List<string>();
        Assert.Equal(first, new CheckpointStore(directory.Path).Latest(told.Add));
        var line = Assert.Single(told);
        Assert.Contains("step-00000002 is damaged", line, StringComparison.Ordinal);
        Assert.Contains(reason, line, StringComparison.Ordinal);
    }

    [Fact]
    public void Pruning_keeps_the_last_the_best_and_never_takes_the_newest_whole_one()
    {
        var store = new CheckpointStore(directory.Path);
        for (var step = 1; step <= 6; step++)
        {
            store.Save(step, Writer($"{step}"));
        }

        store.Prune(2, 3);
        Assert.Equal([6, 5, 3], store.Steps());
        Damage(directory.File("checkpoints/step-00000006"), "cut");
        Damage(directory.File("checkpoints/step-00000005"), "missing");
        var later = new CheckpointStore(directory.Path);
        later.Prune(1, null);
        Assert.Equal(3, later.Latest()!.Step);
        later.Save(7, Writer("7"));
        later.Prune(1, null);
        Assert.Equal([7, 6, 5], later.Steps());
        Assert.Equal(7, later.Latest()!.Step);
    }

    [Fact]
    public void A_full_disk_leaves_what_was_there_and_nothing_else()
    {
        var store = new CheckpointStore(directory.Path);
        store.Save(1, Writer("one"));
        var error = Assert.Throws<RunException>(() => store.Save(2, folder =>
        {
            File.WriteAllText(Path.Combine(folder, "weights"), "half");

            // The device that is always full.
            using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write);
            full.Write(new byte[100000]);
            full.Flush();
        }));
        Assert.Contains("No space left on device", error.Message, StringComparison.Ordinal);
        Assert.Contains("what was saved before is untouched", error.Message, StringComparison.Ordinal);
        Assert.Contains("kinora train resume", error.Message, StringComparison.Ordinal);
        Assert.Equal(["step-00000001"], Names("checkpoints"));
        Assert.Equal(1, store.Latest()!.Step);
        Assert.Equal(2, store.Save(2, Writer("two")).Step);
    }

    [Fact]
    public void What_the_writer_throws_passes_on_and_leaves_nothing()
    {
        var store = new CheckpointStore(directory.Path);
        Assert.Throws<OperationCanceledException>(() => store.Save(2, _ => throw new OperationCanceledException()));
        Assert.Empty(Names("checkpoints"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Killed_before_any_operation_a_save_leaves_a_whole_latest_checkpoint(bool exchanges)
        => AtEachOperation(exchanges, alive: false, (run, store) => store.Save(2, Writer("new")), run =>
        {
            var latest = new CheckpointStore(run).Latest(line => Assert.Fail(line))!;
            Assert.Equal(latest.Step == 2 ? "new" : "one", Content(latest.Directory));
        });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Killed_before_any_operation_a_save_over_the_same_step_leaves_it_whole(bool exchanges)
        => AtEachOperation(exchanges, alive: false, (run, store) => store.Save(1, Writer("new")), run =>
        {
            var latest = new CheckpointStore(run).Latest(line => Assert.Fail(line))!;
            Assert.Equal(1, latest.Step);
            Assert.Contains(Content(latest.Directory), new[] { "one", "new" });
        });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Killed_before_any_operation_a_replacement_leaves_the_old_or_the_new_directory(bool exchanges)
        => AtEachOperation(exchanges, alive: false, (run, store) => store.Replace("adapter", Writer("new")), run =>
        {
            _ = new CheckpointStore(run);
            Assert.Contains(Content(Path.Combine(run, "adapter")), new[] { "old", "new" });
            Assert.Equal(["adapter", "checkpoints"], Directory.GetFileSystemEntries(run).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        });

    [Fact]
    public void Killed_before_any_operation_pruning_leaves_no_half_checkpoint()
        => AtEachOperation(true, alive: false, (run, store) =>
        {
            store.Save(2, Writer("new"));
            store.Prune(1, null);
        }, run => Assert.NotNull(new CheckpointStore(run).Latest(line => Assert.Fail(line))));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Any_operation_that_fails_leaves_the_old_state_or_the_new_one_without_rests(bool exchanges)
        => AtEachOperation(exchanges, alive: true, (run, store) => store.Replace("adapter", Writer("new")), run =>
        {
            Assert.Contains(Content(Path.Combine(run, "adapter")), new[] { "old", "new" });
            _ = new CheckpointStore(run);
            Assert.Equal(["adapter", "checkpoints"], Directory.GetFileSystemEntries(run).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        });

    [Fact]
    [Trait(Fuzz.Trait, "checkpoint manifests")]
    public void Damaged_manifests_are_passed_over_with_a_clean_line()
    {
        var store = new CheckpointStore(directory.Path);
        store.Save(1, Writer("one"));
        var manifest = Path.Combine(store.Save(2, Writer("two")).Directory, "manifest.json");
        var sound = File.ReadAllText(manifest);
        Fuzz.Run("checkpoint manifests", 600, random =>
        {
            File.WriteAllBytes(manifest, Fuzz.Damage(sound, random));
            string? told = null;
            var latest = new CheckpointStore(directory.Path).Latest(line => told = line)!;
            Assert.Equal(told is null ? 2 : 1, latest.Step);
            if (told is not null)
            {
                throw new RunException("checkpoint", told);
            }
        }, error => error is RunException);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("..")]
    public void Only_plain_names_are_replaced(string name) => Assert.Throws<ArgumentException>(() => new CheckpointStore(directory.Path).Replace(name, _ => { }));

    /// <summary>Does the same thing in fresh directories, stopped before its first operation, its second, and so on until it comes through.</summary>
    private void AtEachOperation(bool exchanges, bool alive, Action<string, CheckpointStore> act, Action<string> check)
    {
        for (var stop = 0; ; stop++)
        {
            var run = Directory.CreateDirectory(directory.File($"run-{stop}")).FullName;
            var before = new CheckpointStore(run);
            before.Save(1, Writer("one"));
            before.Replace("adapter", Writer("old"));
            var (count, stopped) = (0, false);
            var store = new CheckpointStore(run, new DurableFiles(operation =>
            {
                if (alive ? count++ == stop : count++ >= stop)
                {
                    stopped = true;
                    throw alive ? new IOException($"No space left on device : {operation}") : new KilledException();
                }
            }, exchanges));
            try
            {
                act(run, store);
            }
            catch (KilledException)
            {
            }
            catch (RunException) when (alive)
            {
            }

            check(run);
            if (!stopped)
            {
                Assert.True(stop >= 8, $"Only {stop} operations were seen.");
                return;
            }
        }
    }

    private static Action<string> Writer(string content) => folder =>
    {
        File.WriteAllText(Path.Combine(folder, "weights"), content);
        Directory.CreateDirectory(Path.Combine(folder, "part"));
        File.WriteAllText(Path.Combine(folder, "part", ".hidden"), content);
    };

    private static string Content(string folder)
    {
        var content = File.ReadAllText(Path.Combine(folder, "weights"));
        Assert.Equal(content, File.ReadAllText(Path.Combine(folder, "part", ".hidden")));
        return content;
    }

    private string[] Names(string folder) => [.. Directory.GetFileSystemEntries(directory.File(folder)).Select(path => Path.GetFileName(path)!)];

    private static void Damage(string folder, string how)
    {
        var (weights, manifest) = (Path.Combine(folder, "weights"), Path.Combine(folder, "manifest.json"));
        switch (how)
        {
            case "cut":
                File.WriteAllText(weights, File.ReadAllText(weights)[..^1]);
                break;
            case "changed":
                File.WriteAllText(weights, string.Concat(File.ReadAllText(weights).Reverse()));
                break;
            case "missing":
                File.Delete(weights);
                break;
            case "added":
                File.WriteAllText(Path.Combine(folder, "more"), "x");
                break;
            case "no manifest":
                File.Delete(manifest);
                break;
            case "cut manifest":
                File.WriteAllText(manifest, File.ReadAllText(manifest)[..^20]);
                break;
            case "empty manifest":
                File.WriteAllText(manifest, "{}");
                break;
            case "other step":
                File.WriteAllText(manifest, File.ReadAllText(manifest).Replace("\"step\": 2", "\"step\": 1", StringComparison.Ordinal));
                break;
            default:
                File.WriteAllText(manifest, File.ReadAllText(manifest).Replace("\"weights\"", "\"../../lock\"", StringComparison.Ordinal));
                break;
        }
    }
}
