using Kinora.Models.Families;
using Kinora.Models.Inputs;
using Kinora.Toybox.Instructions;
using Kinora.Toybox.World;
using Kinora.Training.Conversations;
using Kinora.Training.Data;
using Kinora.Training.Recipes;

namespace Kinora.Training.Worlds;

/// <summary>Turns instructions about the same frames into ids: what they have in common, and a branch for each. Thread-safe.</summary>
internal sealed class WorldEncoder
{
    private readonly VisionLanguageModel model;
    private readonly ConversationEncoder conversations;
    private readonly WorldSection world;

    public WorldEncoder(VisionLanguageModel model, WorldSection world)
        => (this.model, this.world, conversations) = (model, world, new(model, model.Decoder.Config.MaxPositions));

    /// <summary>Encodes instructions in their order, as far as there is room for their texts; the first always.</summary>
    /// <param name="frames">Frames that they are about.</param>
    /// <param name="asked">The instructions.</param>
    public (int[] Prefix, IReadOnlyList<WorldBranch> Branches) Encode(int frames, IReadOnlyList<Instruction> asked)
    {
        var (prefix, branches, room) = (Array.Empty<int>(), new List<WorldBranch>(), world.Room);
        foreach (var instruction in asked)
        {
            var sample = new TrainingSample(new("toybox", 0, 1), [], [new(instruction.Prompt, instruction.Answer)]);
            var encoded = conversations.Encode(sample, [Shape(frames)]);
            var split = Array.LastIndexOf(encoded.Ids, model.ImageTokenId) + 1;
            var length = encoded.Ids.Length - split;
            if (branches.Count > 0 && length > room)
            {
                continue;
            }

            room -= length;
            prefix = encoded.Ids[..split];
            branches.Add(new(instruction.Kind, encoded.Ids[split..], encoded.Labels[split..], instruction.Kind == InstructionKind.Letter ? (float)world.LetterWeight : 1));
        }

        return (prefix, branches);
    }

    /// <summary>What every conversation about so many frames begins with.</summary>
    public int[] Prefix(int frames)
    {
        var ids = model.Expand(model.Tokenize(model.FirstPrompt("", [Shape(frames)]), begins: true), model.Plan([Shape(frames)]));
        return ids[..(Array.LastIndexOf(ids, model.ImageTokenId) + 1)];
    }

    /// <summary>All of a sample in one row, for its size and its number of learned tokens.</summary>
    public EncodedSample Whole(int[] prefix, IReadOnlyList<WorldBranch> branches, int frames)
    {
        // Frames that nobody reads take their places all the same.
        int[] before = prefix.Length > 0 ? prefix : [.. Enumerable.Repeat(model.ImageTokenId, model.Plan([Shape(frames)]).Tokens)];
        int[] labels = [.. Enumerable.Repeat(EncodedSample.Ignored, before.Length), .. branches.SelectMany(branch => branch.Labels)];
        return new([.. before, .. branches.SelectMany(branch => branch.Ids)], labels, false);
    }

    private static VisualShape Shape(int frames) => new(frames, ClipPlan.Side, ClipPlan.Side, frames > 1);
}
