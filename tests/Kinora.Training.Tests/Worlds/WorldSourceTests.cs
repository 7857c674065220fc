using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Kinora.Models.Families;
using Kinora.Toybox.Instructions;
using Kinora.Toybox.World;
using Kinora.Training.Data;
using Kinora.Training.Recipes;
using Kinora.Training.Worlds;

namespace Kinora.Training.Tests.Worlds;

public sealed class WorldSourceTests : IDisposable
{
    private static readonly WorldSection mixed = new() { Lessons = new() { Frames = 1, Motions = 1, Clips = 2, Stills = 1, Instructions = 1, Differences = 1, Descriptions = 1 }, Levels = [1, 1, 1], FinalLevels = [1, 1, 1], Room = 1200 };

    private readonly NewModelDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task A_sample_follows_from_its_number_whenever_it_is_made()
    {
        using var model = ModelLoader.Load(directory.Path);
        var all = await TakeAsync(model, mixed, 0, 12);
        var later = await TakeAsync(model, mixed, 7, 5);
        foreach (var (one, other) in all.Skip(7).Zip(later))
        {
            Assert.Equal((one.Number, one.Source), (other.Number, other.Source));
            Assert.Equal(one.Encoded.Ids, other.Encoded.Ids);
            Assert.True(one.Input!.Pixels.AsSpan().SequenceEqual(other.Input!.Pixels.AsSpan()));
            Assert.Equal(one.Targets.Kind, other.Targets.Kind);
        }

        Assert.Equal(12, all.Select(sample => sample.Source).Distinct().Count());
        all.Concat(later).ToList().ForEach(sample => sample.Dispose());
    }

    /// <summary>A run that was begun goes on with the samples that it was begun with: whoever changes them begins it anew, and this number with it.</summary>
    [Fact]
    public async Task Samples_are_those_that_runs_were_begun_with()
    {
        using var model = ModelLoader.Load(directory.Path);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var sample in await TakeAsync(model, mixed, 0, 300, total: 300))
        {
            int[] texts = [.. Enumerable.Range(0, sample.Encoded.Ids.Length).Where(place => sample.IsRead && IsFirstOfFrame(sample, place))];
            hash.AppendData(MemoryMarshal.AsBytes<int>([sample.Source.Record, .. texts.Select(place => sample.Encoded.Ids[place]), .. texts.Select(place => sample.Encoded.Labels[place]), .. sample.Targets.Kind, .. sample.Targets.Colour]));
            hash.AppendData(MemoryMarshal.AsBytes(sample.Input!.Pixels.AsSpan()));
            sample.Dispose();
        }

        Assert.Equal("8d46146231da38ee9348597d760b80df", Convert.ToHexStringLower(hash.GetHashAndReset())[..32]);

        // Of a frame's places one counts.
        bool IsFirstOfFrame(WorldSample sample, int place)
        {
            var first = Array.FindIndex(sample.Encoded.Ids, model.IsPlaceholder);
            return !model.IsPlaceholder(sample.Encoded.Ids[place]) || (place - first) % model.Layout(1).Tokens == 0;
        }
    }

    [Fact]
    public async Task Branches_are_whole_conversations_behind_one_prefix_within_the_room()
    {
        using var model = ModelLoader.Load(directory.Path);
        var (kinds, samples) = (new HashSet<InstructionKind>(), await TakeAsync(model, mixed, 0, 60));
        foreach (var sample in samples)
        {
            Assert.Equal(sample.Targets.Frames, !sample.IsRead ? sample.Input!.Pixels.Shape[0] : model.Placeholders(sample.Prefix) / model.Layout(1).Tokens);
            Assert.True(sample.Branches.Count < 2 || sample.Branches.Sum(branch => branch.Ids.Length) <= mixed.Room);
            foreach (var branch in sample.Branches)
            {
                var text = model.Tokenizer.Decode(branch.Ids, skipSpecialTokens: false);
                Assert.StartsWith("\n", text, StringComparison.Ordinal);
                var answer = model.Tokenizer.Decode([.. branch.Labels.Where(label => label != EncodedSample.Ignored)], skipSpecialTokens: false);
                Assert.EndsWith($" ASSISTANT: {answer}", text, StringComparison.Ordinal);
                Assert.Equal(model.EndIds[0], branch.Labels[^1]);
                Assert.Equal(branch.Kind == InstructionKind.Letter, answer.Replace("</s>", "", StringComparison.Ordinal) is "A" or "B" or "C" or "D");
                kinds.Add(branch.Kind);
            }
        }

        Assert.Equal(Enum.GetValues<InstructionKind>().Length, kinds.Count);
        samples.ForEach(sample => sample.Dispose());
    }

    [Fact]
    public async Task Levels_move_from_the_first_to_the_last_and_no_held_out_seed_is_drawn()
    {
        using var model = ModelLoader.Load(directory.Path);
        var moving = mixed with { Lessons = new() { Motions = 1 }, Levels = [1, 0, 0], FinalLevels = [0, 0, 1], Seeds = new(899_990, 899_999) };
        var samples = await TakeAsync(model, moving, 0, 40, total: 40);
        Assert.Equal("toybox level 1", samples[0].Source.File);
        Assert.True(samples.Skip(30).Count(sample => sample.Source.File.EndsWith('3')) > samples.Take(10).Count(sample => sample.Source.File.EndsWith('3')));
        Assert.All(samples, sample => Assert.False(HeldOutSeeds.All.Contains(sample.Source.Record)));

        // Each pass has every seed once.
        Assert.All(samples.Chunk(10), pass => Assert.Equal(10, pass.Select(sample => sample.Source.Record).Distinct().Count()));
        samples.ForEach(sample => sample.Dispose());
    }

    private static async Task<List<WorldSample>> TakeAsync(VisionLanguageModel model, WorldSection world, long first, int count, long total = 1000)
    {
        await using var source = new WorldSource(world, model, 4, total, 3, 11, first);
        var samples = new List<WorldSample>();
        for (var i = 0; i < count; i++)
        {
            samples.Add((WorldSample)await source.TakeAsync(TestContext.Current.CancellationToken));
        }

        return samples;
    }
}
