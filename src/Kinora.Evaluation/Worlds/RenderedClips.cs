using System.Runtime.CompilerServices;
using Kinora.Media;
using Kinora.Toybox.Clips;
using Kinora.Toybox.Drawing;
using Kinora.Toybox.Planning;
using Kinora.Toybox.World;

namespace Kinora.Evaluation.Worlds;

/// <summary>Clips of the world as video files, read back like anybody's: rendered, encoded and decoded a few ahead of the one that is looked at.</summary>
public static class RenderedClips
{
    private const int Ahead = 4;

    /// <summary>Renders clips into a folder and reads their frames; each file is removed when the next clip is asked for.</summary>
    /// <param name="folder">Where the files lie meanwhile.</param>
    /// <param name="seeds">Which clips.</param>
    /// <param name="level">Of which level.</param>
    /// <param name="request">Which of their frames.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="MediaException">A clip can't be written or read.</exception>
    public static async IAsyncEnumerable<(ClipPlan Plan, string Path, Clip Frames)> ReadAsync(string folder, SeedRange seeds, int level, FrameRequest request, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var (writer, media) = (new ClipWriter(new ClipRenderer()), new MediaReader());
        var begun = new Queue<Task<(ClipPlan Plan, string Path, Clip Frames)>>();
        try
        {
            for (long number = 0; number < seeds.Count; number++)
            {
                while (begun.Count < Ahead && number + begun.Count < seeds.Count)
                {
                    var seed = seeds.First + number + begun.Count;
                    begun.Enqueue(Task.Run(() => OneAsync(seed), ended.Token));
                }

                var clip = await begun.Dequeue().ConfigureAwait(false);
                yield return clip;
                File.Delete(clip.Path);
            }
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
            foreach (var task in begun)
            {
                await ((Task)task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        async Task<(ClipPlan, string, Clip)> OneAsync(long seed)
        {
            var (plan, path) = (ClipPlanner.Plan(seed, level), Path.Combine(folder, $"{seed}.mp4"));
            await writer.WriteVideoAsync(plan, path, ended.Token).ConfigureAwait(false);
            return (plan, path, await media.ReadAsync(path, request, cancellationToken: ended.Token).ConfigureAwait(false));
        }
    }
}
