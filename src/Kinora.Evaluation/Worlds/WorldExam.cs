using Kinora.Media;
using Kinora.Models.Describing;
using Kinora.Models.Generation;
using Kinora.Toybox.Instructions;
using Kinora.Toybox.Questions;
using Kinora.Toybox.World;

namespace Kinora.Evaluation.Worlds;

/// <summary>Lets a model describe a clip of the world and answer questions about it, from the video file and in the way in which <c>describe</c> does it for anybody.</summary>
/// <param name="describer">Describes.</param>
public sealed class WorldExam(Describer describer)
{
    private const int MostTokens = 128;

    /// <summary>Takes a clip's exam: greedily, with one question of every type that the clip gives.</summary>
    /// <param name="plan">What the clip shows.</param>
    /// <param name="path">The clip's file.</param>
    /// <param name="frames">Its frames.</param>
    /// <param name="questions">The most questions.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="DescribeException">The model can't read the frames or write.</exception>
    public ClipResult Take(ClipPlan plan, string path, Clip frames, int questions, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return new(plan, Ask(Prompts.Description[0]), [.. new QuestionWriter(plan, (ulong)plan.Seed).Ask(questions).Select(question => new QuestionResult(question, Ask(question.Text)))]);

        string Ask(string prompt)
        {
            var options = new DescribeOptions { Prompt = prompt, Generation = new GenerationOptions { MaxNewTokens = MostTokens } };
            return describer.Describe(path, frames, options, cancellation: cancellation).Text.Trim();
        }
    }
}
