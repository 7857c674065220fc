using Kinora.Models.Families;
using Kinora.Models.Generation;
using Kinora.Models.Inputs;
using Kinora.Models.Planning;
using Kinora.Models.Tests.Families;
using Kinora.Models.Weights;
using Kinora.Tensors;

namespace Kinora.Models.Tests.Planning;

/// <summary>Plans are held to the bytes that real runs take.</summary>
public sealed class SessionPlanTests
{
    public static MatrixTheoryData<string, WeightFormat> Checkpoints => new(
        [ToyboxModel.Directory, Fixture.At("tarsier-7b", "checkpoint"), Fixture.At("tarsier-34b", "checkpoint"), Fixture.At("tarsier-7b-bf16", "checkpoint"), Fixture.At("pllava-7b", "checkpoint")],
        Enum.GetValues<WeightFormat>());

    [Theory]
    [MemberData(nameof(Checkpoints))]
    public void An_outline_counts_the_weights_that_loading_converts_and_maps(string directory, WeightFormat format)
    {
        using var outline = ModelLoader.Outline(directory, format);
        using var model = ModelLoader.Load(directory, format);
        Assert.Equal(model.Weights.Sizes.OrderBy(size => size.Key), outline.Weights.Sizes.OrderBy(size => size.Key));
        Assert.Equal(model.Weights.ConvertedBytes.OrderBy(size => size.Key), outline.Weights.ConvertedBytes.OrderBy(size => size.Key));
        Assert.Equal(model.Weights.LargestConverted, outline.Weights.LargestConverted);
        if (format is WeightFormat.Q8_0 or WeightFormat.Q4_0)
        {
            Assert.True(outline.Weights.ConvertedBytes[WeightPart.Decoder] > 0);
        }
    }

    [Theory]
    [MemberData(nameof(Checkpoints))]
    public void A_plan_equals_what_a_run_takes(string directory, WeightFormat format)
    {
        const int Frames = 5, Tokens = 12;
        using var outline = ModelLoader.Outline(directory, format);
        var options = new GenerationOptions { MaxNewTokens = Tokens };
        var layout = outline.Layout(Frames);
        var items = layout.Items.Count;
        int[] ids = [.. Enumerable.Repeat(outline.ImageTokenId, items), .. Enumerable.Range(3, 700)];
        ids = [.. ids.Where((id, i) => i < items || (id != outline.ImageTokenId && id < outline.Decoder.Config.VocabularySize))];
        ids = outline.Expand(ids, layout);
        var plan = SessionPlan.Of(outline, ids, layout, Frames, options);

        using var model = ModelLoader.Load(directory, format);
        using var session = new Session(model);
        session.Operations.Workspace.Reserve(plan.WorkspaceBytes);
        session.Reserve(plan.PromptTokens + Tokens);
        using var input = new VisualInput(Tensor.Allocate(model.PixelShape(layout)), layout);
        using var visual = session.Encode(input);
        session.Read(ids, visual);
        TextGenerator.Generate(session, options);

        Assert.Equal((input.Pixels.Bytes, visual.Rows.Bytes), (plan.PixelBytes, plan.VisualBytes));
        Assert.Equal((session.Cache!.Bytes, session.Cache.Format), (plan.CacheBytes, plan.CacheFormat));
        Assert.Equal(plan.WorkspaceBytes, session.Operations.Workspace.Capacity); // it never had to grow
        Assert.Equal((Frames, Tokens), (plan.Frames, plan.NewTokens));
    }

    [Fact]
    public void A_plan_without_pictures_has_no_tower()
    {
        using var outline = ModelLoader.Outline(ToyboxModel.Directory);
        var plan = SessionPlan.Of(outline, [1, 2, 3], VisualLayout.None, 0, new GenerationOptions());
        Assert.Equal((0, 0L, 0L, 0L), (plan.Frames, plan.PixelBytes, plan.VisualBytes, plan.Encode.WorkspaceBytes));
    }

    [Fact]
    public void Long_caches_are_planned_in_the_format_they_get()
    {
        using var outline = ModelLoader.Outline(ToyboxModel.Directory);
        var layout = outline.Layout(20_000);
        var ids = Enumerable.Repeat(outline.ImageTokenId, layout.Tokens).ToArray();
        var plan = SessionPlan.Of(outline, ids, layout, 20_000, new GenerationOptions());
        Assert.Equal(StorageFormat.F16, plan.CacheFormat);
        Assert.Equal(Session.CacheFormat(outline.Decoder.Config, plan.PromptTokens + plan.NewTokens), plan.CacheFormat);
    }

    [Fact]
    public void Beams_keep_no_more_than_planned()
    {
        const int Beams = 4, Tokens = 30;
        using var model = ModelLoader.Load(ToyboxModel.Directory);
        int[] ids = [1, 5, 6, 7];
        var plan = SessionPlan.Of(model, ids, VisualLayout.None, 0, new GenerationOptions { Beams = Beams, MaxNewTokens = Tokens });
        using var session = new Session(model);
        session.Reserve(ids.Length + Tokens);
        session.Read(ids, null);
        var beams = new SessionBeams(session);
        beams.Start(Beams);
        for (var token = 0; token < Tokens - 1; token++)
        {
            beams.Advance([0, 1, 2, 3], [1, 2, 3, 4]);
            Assert.InRange(beams.Bytes, 1, plan.BeamBytes);
        }

        Assert.True(beams.Bytes > plan.BeamBytes / 2);
    }

    [Fact]
    public void Loading_ends_when_it_is_cancelled()
        => Assert.Throws<OperationCanceledException>(() => ModelLoader.Load(ToyboxModel.Directory, WeightFormat.Q8_0, cancellation: new CancellationToken(canceled: true)));
}
