using Kinora.Toybox.Instructions;
using Kinora.Toybox.Planning;

namespace Kinora.Training.Worlds;

/// <summary>Texts of the world that a vocabulary is learned from.</summary>
internal static class WorldTexts
{
    private const int Clips = 4000;
    private const int Level = 3;

    // What Tarsier's prompts are made of.
    private static readonly string[] frame = ["USER: ", " ASSISTANT: "];

    /// <summary>Questions and answers about the first clips, which are no held-out ones.</summary>
    public static IEnumerable<string> All()
    {
        for (var seed = 0; seed < Clips; seed++)
        {
            var plan = ClipPlanner.Plan(seed, Level);
            var writer = new InstructionWriter(plan, (ulong)seed);
            var moments = Moment.Of(plan).Where(shot => shot.Count > 0).Select(shot => (First: shot[0], Last: shot[^1])).ToList();
            IEnumerable<Instruction> instructions =
            [
                .. writer.Forms([.. Enumerable.Range(0, 8).Select(frame => frame * (plan.Frames - 1) / 7)]),
                .. writer.Questions(lettersFirst: false),
                .. moments.SelectMany(shot => writer.Still(shot.First)),
                .. moments.Select(shot => writer.Difference(shot.First, shot.Last)),
            ];
            foreach (var text in instructions.SelectMany(instruction => new[] { instruction.Prompt, instruction.Answer }).Concat(frame))
            {
                yield return text;
            }
        }
    }
}
