using Kinora.Toybox.Motion;

namespace Kinora.Toybox.Tests.Motion;

/// <summary>Curves of movements.</summary>
public sealed class EasingTests
{
    [Fact]
    public void Half_a_wave_is_the_sine()
        => Assert.All(Enumerable.Range(0, 1001), step => Assert.Equal(Math.Sin(Math.PI * step / 1000), Easing.HalfWave(step / 1000.0), 3e-5));

    [Fact]
    public void Smooth_starts_and_ends_at_rest()
    {
        Assert.Equal([0.0, 0.15625, 0.5, 0.84375, 1], new[] { 0, 0.25, 0.5, 0.75, 1 }.Select(Easing.Smooth));
    }

    [Fact]
    public void The_view_projects_its_centre_to_the_middle()
    {
        Assert.Equal((64.0, 64.0), new View(0, 1.3).Project(64, 76));
        Assert.Equal((10.0, 20.0), View.Still.Project(10, 20));
        Assert.Equal((0.0, 20.0), new View(10, 1).Project(10, 20));
        var (left, _) = new View(0, 1.3).Project(28, 64);
        Assert.Equal(64 - (36 * 1.3), left, 9);
    }
}
