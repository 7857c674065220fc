using Kinora.Media;
using Kinora.Models.Describing;
using Kinora.Models.Generation;
using Kinora.Toybox.Instructions;
using Kinora.Toybox.Questions;
using Kinora.Toybox.World;

namespace Kinora.Evaluation.Worlds;

/// <summary>What a model is asked about a clip of the world: a description, and one question of every type that the clip gives.</summary>
public static class WorldExam
{
    /// <summary>The most tokens of an answer: more than the longest description has.</summary>
    public const int MostTokens = 128;

    /// <summary>Asks about a clip.</summary>
    /// <param name="plan">What the clip shows.</param>
    /// <param name="questions">The most questions.</param>
    /// <param name="ask">Gives the model's answer to a prompt.</param>
    public static ClipResult Take(ClipPlan plan, int questions, Func<string, string> ask)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(ask);
        return new(plan, ask(Prompts.Description[0]).Trim(), [.. new QuestionWriter(plan, (ulong)plan.Seed).Ask(questions).Select(question => new QuestionResult(question, ask(question.Text).Trim()))]);
    }

    /// <summary>Asks about a clip's video file, greedily and in the way in which <c>describe</c> does it for anybody.</summary>
    /// <param name="describer">Describes.</param>
    /// <param name="plan">What the clip shows.</param>
    /// <param name="path">The clip's file.</param>
    /// <param name="frames">Its frames.</param>
    /// <param name="questions">The most questions.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="DescribeException">The model can't read the frames or write.</exception>
    public static ClipResult Take(Describer describer, ClipPlan plan, string path, Clip frames, int questions, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(describer);
        return Take(plan, questions, prompt => describer.Describe(path, frames, new DescribeOptions { Prompt = prompt, Generation = new GenerationOptions { MaxNewTokens = MostTokens } }, cancellation: cancellation).Text);
    }
}
