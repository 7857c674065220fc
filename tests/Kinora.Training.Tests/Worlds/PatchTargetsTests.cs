using Kinora.Toybox.Motion;
using Kinora.Toybox.Planning;
using Kinora.Toybox.World;
using Kinora.Training.Worlds;

namespace Kinora.Training.Tests.Worlds;

public class PatchTargetsTests
{
    [Fact]
    public void Patches_know_the_toy_over_them_and_how_it_changed()
    {
        var (seen, turned, recoloured, appeared, cut) = (0, 0, 0, 0, 0);
        for (var seed = 0; seed < 300; seed++)
        {
            var plan = ClipPlanner.Plan(seed, 3);
            int[] frames = [.. Enumerable.Range(0, 8).Select(i => i * (plan.Frames - 1) / 7)];
            var targets = PatchTargets.Of(plan, frames, 4);
            Assert.All(targets.Moves.Take(16), Assert.False);
            for (var frame = 0; frame < frames.Length; frame++)
            {
                var (shot, first) = frames[frame] < plan.Shots[0].Frames ? (plan.Shots[0], 0) : (plan.Shots[1], plan.Shots[0].Frames);
                var toys = new ToyState[shot.Toys.Count];
                ShotMotion.At(shot, frames[frame] - first, toys);
                var view = ShotMotion.ViewAt(shot, frames[frame] - first);
                Assert.Equal((int)shot.Scene, targets.Scene[frame]);
                for (var patch = 0; patch < 16; patch++)
                {
                    var at = (frame * 16) + patch;
                    if (targets.Kind[at] == PatchTargets.Kinds - 1)
                    {
                        continue;
                    }

                    // Where the toy is follows from the patch and the offset that it gives.
                    var (x, y) = ((patch % 4 * 32) + 16 + (16 * targets.Place[at * 5]), (patch / 4 * 32) + 16 + (16 * targets.Place[(at * 5) + 1]));
                    var toy = Assert.Single(toys, toy => (int)toy.Kind == targets.Kind[at] && toy.Alpha > 0.2 && Distance(view.Project(toy.X, toy.Y), (x, y)) < 0.01);
                    Assert.Equal((toy.Side * view.Zoom / 16) - 2, targets.Place[(at * 5) + 2], 1e-4);
                    seen++;
                    if (targets.Moves[at])
                    {
                        var motion = targets.Motion.AsSpan(at * PatchTargets.MotionNumbers, PatchTargets.MotionNumbers);
                        (turned, recoloured, appeared) = (turned + (motion[4] > 0.5 ? 1 : 0), recoloured + (motion[6] > 0.5 ? 1 : 0), appeared + (motion[5] == 1 ? 1 : 0));
                        cut += motion[5] == 1 && plan.Shots.Count > 1 ? 1 : 0;
                    }
                }
            }
        }

        Assert.True(seen > 5_000 && turned > 50 && recoloured > 50 && appeared > 50 && cut > 50, $"{seen} {turned} {recoloured} {appeared} {cut}");
    }

    [Fact]
    public void Shifts_add_up_to_the_way_that_a_toy_goes()
    {
        var checkedMoves = 0;
        for (var seed = 0; seed < 200; seed++)
        {
            var plan = ClipPlanner.Plan(seed, 1);
            if (plan.Shots[0].Slots[0].Events[0] is not { Verb: Verb.Move } move)
            {
                continue;
            }

            int[] frames = [.. Enumerable.Range(0, plan.Frames)];
            var targets = PatchTargets.Of(plan, frames, 4);
            var (across, up) = (0.0, 0.0);
            for (var frame = 1; frame < frames.Length; frame++)
            {
                var patch = Array.FindIndex(targets.Moves, frame * 16, 16, moves => moves);
                (across, up) = (across + (16 * targets.Motion[patch * 7]), up - (16 * targets.Motion[(patch * 7) + 1]));
            }

            var way = move.Direction is Direction.Left or Direction.Right ? across : up;
            Assert.Equal(move.Distance, Math.Abs(way), 0.01);
            Assert.Equal(move.Direction is Direction.Right or Direction.Up, way > 0);
            checkedMoves++;
        }

        Assert.True(checkedMoves > 20);
    }

    private static double Distance((double X, double Y) a, (double X, double Y) b) => Math.Sqrt(((a.X - b.X) * (a.X - b.X)) + ((a.Y - b.Y) * (a.Y - b.Y)));
}
