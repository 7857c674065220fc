using Kinora.Training.Preferences;

namespace Kinora.Training.Tests.Preferences;

public class FrameCorruptionTests
{
    public static TheoryData<int> Counts => [2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 64, 128];

    [Theory]
    [MemberData(nameof(Counts))]
    public void Two_segments_change_places(int frames)
    {
        var length = (frames + 3) / 4;
        Each(frames, FrameCorruption.SwapSegments, shown =>
        {
            Assert.Equal(Enumerable.Range(0, frames), shown.Order());

            // Cut where a segment of the clip begins, there are as many runs as segments, and putting them in order gives the clip back.
            var runs = new List<List<int>>();
            foreach (var frame in shown)
            {
                if (frame % length == 0)
                {
                    runs.Add([]);
                }

                runs[^1].Add(frame);
            }

            var moved = runs.Select((run, place) => run[0] / length != place).Count(differs => differs);
            Assert.Equal(2, moved);
            Assert.All(runs, run => Assert.Equal(Enumerable.Range(run[0], run.Count), run));
        });
    }

    [Theory]
    [MemberData(nameof(Counts))]
    public void One_run_of_at_least_half_is_reversed(int frames)
    {
        var (shortest, longest) = (int.MaxValue, 0);
        Each(frames, FrameCorruption.Reverse, shown =>
        {
            var first = Array.FindIndex(shown, i => shown[i] != i);
            var changed = Enumerable.Range(0, frames).Where(i => shown[i] != i).ToArray();
            var (from, to) = (changed[0], changed[^1]);
            Assert.Equal(Enumerable.Range(from, to - from + 1).Reverse(), shown[from..(to + 1)]);
            var length = to - from + 1;
            Assert.InRange(length, Math.Max(2, (frames + 1) / 2), frames);
            (shortest, longest) = (Math.Min(shortest, length), Math.Max(longest, length));
        });
        Assert.Equal(frames, longest);
        Assert.InRange(shortest, 2, Math.Max(2, (frames * 6 / 10) + 1));
    }

    [Theory]
    [MemberData(nameof(Counts))]
    public void A_crop_shows_as_many_frames_of_a_part(int frames)
    {
        foreach (var (crop, leftOut) in new[] { ((Func<int, ulong, int[]>)FrameCorruption.Crop, (frames + 3) / 4), (FrameCorruption.CropHalf, (frames + 1) / 2) })
        {
            var firsts = new HashSet<int>();
            Each(frames, crop, shown =>
            {
                Assert.Equal(frames, shown.Length);
                Assert.Equal(frames - 1 - leftOut, shown[^1] - shown[0]);
                Assert.InRange(shown[0], 0, leftOut);
                Assert.All(shown.Zip(shown.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, 0, 1));
                firsts.Add(shown[0]);
            });
            Assert.True(firsts.Count >= Math.Min(leftOut + 1, 20));
        }
    }

    [Theory]
    [MemberData(nameof(Counts))]
    public void Half_of_the_frames_is_dropped(int frames)
        => Each(frames, FrameCorruption.Drop, shown =>
        {
            Assert.Equal(frames / 2, shown.Length);
            Assert.Equal(shown.Distinct().Order(), shown);
            Assert.All(shown, frame => Assert.InRange(frame, 0, frames - 1));
        });

    [Fact]
    public void The_published_crop_of_sixteen_frames()
    {
        // s = 4: linspace from 4 to 15 in 16 steps, cut to whole numbers.
        int[] late = [4, 4, 5, 6, 6, 7, 8, 9, 9, 10, 11, 12, 12, 13, 14, 15];
        Assert.Contains(Enumerable.Range(0, 100).Select(seed => FrameCorruption.Crop(16, (ulong)seed)), shown => shown.SequenceEqual(late));
    }

    [Fact]
    public void Each_way_is_chosen_about_as_often_and_by_seed_alone()
    {
        var kinds = Enumerable.Range(0, 4000).Select(seed => FrameCorruption.Any(16, (ulong)seed)).ToArray();
        Assert.All(Enum.GetValues<FrameCorruptionKind>(), kind => Assert.InRange(kinds.Count(chosen => chosen.Kind == kind), 900, 1100));
        Assert.All(kinds, chosen => Assert.Equal(chosen.Kind == FrameCorruptionKind.DroppedFrames ? 8 : 16, chosen.Frames.Length));
        Assert.Equal(kinds[17].Frames, FrameCorruption.Any(16, 17).Frames);
        Assert.Throws<ArgumentOutOfRangeException>(() => FrameCorruption.Any(1, 3));
    }

    private static void Each(int frames, Func<int, ulong, int[]> corrupt, Action<int[]> check)
    {
        var seen = new HashSet<string>();
        for (var seed = 0UL; seed < 400; seed++)
        {
            var shown = corrupt(frames, seed);
            Assert.Equal(shown, corrupt(frames, seed));
            Assert.NotEqual(Enumerable.Range(0, frames), shown);
            seen.Add(string.Join(' ', shown));
            check(shown);
        }

        Assert.True(seen.Count > 1 || frames == 2);
    }
}
