using Kinora.Tensors;
using Kinora.Toybox.Language;
using Kinora.Toybox.Questions;
using Kinora.Toybox.World;

namespace Kinora.Toybox.Instructions;

/// <summary>Draws instructions about a clip, with varied wording.</summary>
/// <param name="plan">The clip.</param>
/// <param name="seed">Which instructions and words.</param>
public sealed class InstructionWriter(ClipPlan plan, ulong seed)
{
    private const double UsualPrompt = 0.75;
    private static readonly QuestionType[] types = Enum.GetValues<QuestionType>();

    private readonly Wording wording = new(Wording.Usual, CounterRandom.Mix(seed, 1));
    private readonly QuestionWriter questions = new(plan, CounterRandom.Mix(seed, 2));
    private CounterRandom random = new(CounterRandom.Mix(seed, 3));

    /// <summary>The description that the model is made for.</summary>
    public Instruction Description() => new(InstructionKind.Description, Prompt(Prompts.Description), DescriptionWriter.Description(plan, wording));

    /// <summary>Questions of different types, and what a toy does; in random order.</summary>
    /// <param name="lettersFirst">Whether those that are answered by a letter come first.</param>
    public IReadOnlyList<Instruction> Questions(bool lettersFirst)
    {
        List<QuestionType> left = [.. types], order = [];
        if (lettersFirst)
        {
            order.AddRange(random.Below(2) == 0 ? [QuestionType.Choice, QuestionType.Order] : [QuestionType.Order, QuestionType.Choice]);
            order.ForEach(type => left.Remove(type));
        }

        while (left.Count > 0)
        {
            var next = random.Below(left.Count);
            order.Add(left[next]);
            left.RemoveAt(next);
        }

        var found = order.Select(questions.Ask).OfType<Question>().ToList();
        var asked = found.Select(Of).ToList();
        if (found.FindIndex(question => question.Type == QuestionType.Choice) is >= 0 and var choice && random.Below(2) == 0)
        {
            asked.Insert(choice, Check(questions.Ask(QuestionType.Choice) ?? found[choice]));
        }

        if (Doing() is { } doing)
        {
            asked.Insert(random.Below(asked.Count + 1), doing);
        }

        return asked;
    }

    /// <summary>Other forms of description, in random order.</summary>
    /// <param name="frames">The frames that are shown, ascending.</param>
    public IReadOnlyList<Instruction> Forms(IReadOnlyList<int> frames)
    {
        Instruction[] forms =
        [
            new(InstructionKind.Caption, Prompt(Prompts.Caption), DescriptionWriter.Caption(plan, wording)),
            new(InstructionKind.OneSentence, Prompt(Prompts.OneSentence), DescriptionWriter.OneSentence(plan, wording)),
            new(InstructionKind.Events, Prompt(Prompts.Events), DescriptionWriter.Events(plan, wording)),
            new(InstructionKind.List, Prompt(Prompts.List), DescriptionWriter.List(plan, wording)),
            new(InstructionKind.TimedList, Prompt(Prompts.TimedList), DescriptionWriter.TimedList(plan, frames, wording)),
            Description(),
        ];
        random.Shuffle(forms.AsSpan());
        return forms;
    }

    /// <summary>A picture's description and questions about it.</summary>
    public IReadOnlyList<Instruction> Still(Moment moment)
    {
        ArgumentNullException.ThrowIfNull(moment);
        var writer = new QuestionWriter(StillOf(moment), random.Next()) { IsStill = true };
        return [new(InstructionKind.Still, Prompt(Prompts.Still), DescriptionWriter.Still(moment.Toys, moment.Scene, wording)), .. writer.Ask(types.Length).Select(Of)];
    }

    /// <summary>What changed between two pictures.</summary>
    public Instruction Difference(Moment before, Moment after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        return new(InstructionKind.Difference, Prompt(Prompts.Difference), DifferenceWriter.Describe(before.Toys, after.Toys, wording));
    }

    private static Instruction Of(Question question)
        => new(question.Type is QuestionType.Choice or QuestionType.Order ? InstructionKind.Letter : InstructionKind.Question, question.Text, question.Answer);

    /// <summary>A choice whose options are answered one by one: what a letter is chosen by.</summary>
    private static Instruction Check(Question choice)
        => new(InstructionKind.Check, $"{choice.Stem} Answer for each letter.", $"{string.Join(", ", choice.Options.Select((_, option) => $"{QuestionWriter.Letter(option)} {(QuestionWriter.Letter(option) == choice.Answer[0] ? "yes" : "no")}"))}.");

    private static ClipPlan StillOf(Moment moment) => new()
    {
        Seed = 0,
        Level = 1,
        Shots = [new Shot { Scene = moment.Scene, Frames = 1, Toys = [.. moment.Toys.Where(toy => toy.IsVisible)], Slots = [] }],
    };

    /// <summary>All that one toy does, told as in a description of it alone.</summary>
    private Instruction? Doing()
    {
        var shot = plan.Shots[random.Below(plan.Shots.Count)];
        var toy = random.Below(shot.Toys.Count);
        var own = shot.Slots.SelectMany(slot => slot.Events.Where(happening => happening.Subject == toy).Select(happening => ClipFacts.Of(happening, slot))).ToList();

        // A name that another shot has too would ask about both.
        if (own.Count == 0 || plan.Shots.Any(other => other != shot && other.Toys.Any(known => known.Name == own[0].Subject)))
        {
            return null;
        }

        var text = string.Join(' ', own.Select((fact, n) => $"{(n == 0 ? "It" : "Then it")} {VerbPhrases.Third(fact, wording)}."));
        return new(InstructionKind.Doing, $"What does {Words.The(own[0].Subject!.Value)} do?", text);
    }

    private string Prompt(IReadOnlyList<string> prompts) => random.Uniform() < UsualPrompt ? prompts[0] : prompts[random.Below(prompts.Count)];
}
