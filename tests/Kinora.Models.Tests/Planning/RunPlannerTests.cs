using System.Text.RegularExpressions;
using Kinora.Models.Describing;
using Kinora.Models.Generation;
using Kinora.Models.Planning;
using Kinora.Models.Tests.Families;
using Kinora.Models.Weights;

namespace Kinora.Models.Tests.Planning;

public sealed class RunPlannerTests : IDisposable
{
    private readonly RunPlanner planner = new(ToyboxModel.Directory);

    private static RunSettings Large => new(WeightFormat.F32, 400, new GenerationOptions { MaxNewTokens = 8000, Beams = 2 });

    public void Dispose() => planner.Dispose();

    [Fact]
    public void A_plan_adds_up()
    {
        var plan = planner.Plan(Large);
        Assert.Equal(plan.Lines.Sum(line => line.MappedBytes), plan.MappedBytes);
        Assert.Equal(400 * 1280 * 720 * 3L, plan.PictureBytes);
        Assert.Equal(MemoryPlan.ProcessBytes + plan.ConvertedBytes + plan.PictureBytes + plan.Session.PeakBytes, plan.PeakBytes);

        // Phases share memory, so the peak is below the sum, but above its largest parts.
        Assert.InRange(plan.PeakBytes, plan.ConvertedBytes + plan.Session.CacheBytes + plan.PictureBytes, plan.Lines.Sum(line => line.Bytes));
        Assert.True(plan.LoadingPeakBytes >= plan.ConvertedBytes + MemoryPlan.ProcessBytes);

        // A second input's pictures, decoded ahead.
        planner.ClipsAtOnce = 2;
        Assert.Equal(plan.PeakBytes + plan.PictureBytes, planner.Plan(Large).PeakBytes);
    }

    [Fact]
    public void What_fits_is_planned() => Assert.Equal(planner.Plan(Large).PeakBytes, planner.Require(Large, planner.Plan(Large).PeakBytes).PeakBytes);

    [Fact]
    public void What_does_not_fit_is_refused_in_one_line_with_changes_that_help()
    {
        var limit = planner.Plan(Large).PeakBytes - 1;
        var error = Assert.Throws<NotEnoughMemoryException>(() => planner.Require(Large, limit));
        Assert.DoesNotContain('\n', error.Message);
        Assert.All([ToyboxModel.Directory, "400 frames", "--max-tokens 8000", "--weights f32", "key-value cache", "frames: decoded pictures", "it would fit with --weights as-stored"], part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
        Assert.Contains("--beams 1", error.Message, StringComparison.Ordinal);

        var frames = int.Parse(Proposal("frames", error.Message));
        Assert.True(planner.Plan(Large with { Frames = frames }).PeakBytes <= limit);
        Assert.True(planner.Plan(Large with { Frames = frames + 1 }).PeakBytes > limit);
        var tokens = int.Parse(Proposal("max-tokens", error.Message));
        Assert.True(planner.Plan(Large with { Generation = Large.Generation with { MaxNewTokens = tokens } }).PeakBytes <= limit);
        Assert.True(planner.Plan(Large with { Generation = Large.Generation with { MaxNewTokens = tokens + 1 } }).PeakBytes > limit);
    }

    [Fact]
    public void Where_nothing_helps_it_says_what_the_model_takes_at_least()
    {
        var error = Assert.Throws<NotEnoughMemoryException>(() => planner.Require(Large, 1 << 20));
        Assert.Contains("the least that this model can do with", error.Message, StringComparison.Ordinal);
        Assert.Contains("smaller model", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_only_all_changes_together_help_it_says_so()
    {
        var least = planner.Plan(new RunSettings(WeightFormat.Q4_0, 1, new GenerationOptions { MaxNewTokens = 64 })).PeakBytes;
        var error = Assert.Throws<NotEnoughMemoryException>(() => planner.Require(Large, least));
        Assert.EndsWith("use --weights q4_0 with fewer --frames and fewer --max-tokens", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_opening_that_does_not_fit_any_more_is_refused_with_its_numbers()
    {
        var plan = planner.Plan(Large).Session;
        Opening.Refuse(plan, plan.PeakBytes);
        var error = Assert.Throws<DescribeException>(() => Opening.Refuse(plan, plan.PeakBytes - 1));
        Assert.All(["400 frames", $"{plan.PromptTokens} tokens", "8000 to write", "fewer --frames"], part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_question_that_makes_the_conversation_too_long_is_refused()
    {
        using var model = Kinora.Models.Families.ModelLoader.Load(ToyboxModel.Directory);
        using var session = new Session(model);
        session.Read([1, 2, 3], null);
        Opening.RefuseLonger(session, 1000, 1 << 30);
        var error = Assert.Throws<DescribeException>(() => Opening.RefuseLonger(session, 1000, 1 << 20));
        Assert.All(["1003 tokens", "key-value cache", "/reset"], part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
    }

    private static string Proposal(string option, string message) => Regex.Match(message[message.LastIndexOf(';')..], $"--{option} (\\d+)").Groups[1].Value;
}
