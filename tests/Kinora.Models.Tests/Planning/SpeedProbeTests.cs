using Kinora.Media;
using Kinora.Models.Generation;
using Kinora.Models.Planning;
using Kinora.Models.Tests.Families;
using Kinora.Models.Weights;

namespace Kinora.Models.Tests.Planning;

public sealed class SpeedProbeTests
{
    [Fact]
    public void Every_phase_takes_time_and_more_work_takes_more()
    {
        using var planner = new RunPlanner(ToyboxModel.Directory);
        using var probe = new SpeedProbe();
        var settings = new RunSettings(WeightFormat.Q8_0, 4, new GenerationOptions { MaxNewTokens = 100 });
        var less = TimeEstimate.Of(planner.Plan(settings).Session, probe, null);
        Assert.All([less.Encode, less.Read, less.Write], seconds => Assert.InRange(seconds, 1e-9, 1e4));
        Assert.Equal(less.Encode + less.Read + less.Write, less.Total, 1e-9);

        // Rates are measured once, so the comparison is one of work.
        var more = TimeEstimate.Of(planner.Plan(settings with { Frames = 8, Generation = settings.Generation with { MaxNewTokens = 200 } }).Session, probe, 2);
        Assert.True(more.Encode > less.Encode && more.Read > less.Read && more.Write > less.Write);
        Assert.Equal(more.Encode + more.Read + more.Write + 2, more.Total, 1e-9);
    }

    [Fact]
    public void Longer_and_larger_videos_take_longer_to_decode()
    {
        var media = new MediaInfo { Path = "a.mp4", Kind = MediaKind.Video, Width = 640, Height = 360, Duration = 10, AverageRate = new Rational(25, 1) };
        var seconds = TimeEstimate.DecodeSeconds(media, 8, 0.1);
        Assert.True(seconds > 0.2);
        Assert.True(TimeEstimate.DecodeSeconds(media with { Duration = 20 }, 8, 0.1) > seconds);
        Assert.True(TimeEstimate.DecodeSeconds(media with { Width = 1280 }, 8, 0.1) > seconds);
    }
}
