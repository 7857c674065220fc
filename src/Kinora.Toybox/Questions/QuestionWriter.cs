using Kinora.Tensors;
using Kinora.Toybox.Language;
using Kinora.Toybox.Motion;
using Kinora.Toybox.World;

namespace Kinora.Toybox.Questions;

/// <summary>Asks about a clip. Every question has one right answer that can be seen; what would be a matter of opinion isn't asked.</summary>
public sealed class QuestionWriter
{
    private const string Letters = "ABCD";
    private const int MostDraws = 4;

    private readonly ClipPlan plan;
    private readonly IReadOnlyList<TimedFact> facts;
    private readonly Falsehoods falsehoods;
    private CounterRandom random;

    /// <summary>Prepares questions about a clip.</summary>
    /// <param name="plan">The clip.</param>
    /// <param name="seed">Which questions.</param>
    public QuestionWriter(ClipPlan plan, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(plan);
        (this.plan, random, facts, falsehoods) = (plan, new(seed), ClipFacts.Of(plan), new(plan));
    }

    /// <summary>Whether the clip is a single picture: then only what it shows is asked.</summary>
    public bool IsStill { get; init; }

    private string AtTheStart => IsStill ? "" : " at the start";

    /// <summary>A question of a type, or null if a few draws find none.</summary>
    public Question? Ask(QuestionType type)
    {
        for (var draw = 0; draw < MostDraws; draw++)
        {
            if (Draw(type) is { } question)
            {
                return question;
            }
        }

        return null;
    }

    private Question? Draw(QuestionType type) => type switch
    {
        QuestionType.YesNo or QuestionType.Choice or QuestionType.Direction or QuestionType.Cut or QuestionType.Order when IsStill => null,
        QuestionType.YesNo => YesNo(),
        QuestionType.Choice => Choice(),
        QuestionType.Direction => Way(),
        QuestionType.Count => new(type, $"How many toys are there{AtTheStart}?", $"{Words.Number(plan.Shots[0].Toys.Count(toy => toy.IsVisible))}."),
        QuestionType.Where => Where(),
        QuestionType.Cut => new(type, "Does the scene change?", plan.Shots.Count > 1 ? "Yes" : "No"),
        QuestionType.Colour => Colour(),
        QuestionType.Size => Size(),
        QuestionType.Position => Position(),
        _ => Order(),
    };

    /// <summary>The letter of an option.</summary>
    internal static char Letter(int option) => Letters[option];

    /// <summary>Up to so many questions, each of another type, in random order.</summary>
    public IReadOnlyList<Question> Ask(int most)
    {
        var types = Enum.GetValues<QuestionType>();
        random.Shuffle(types.AsSpan());
        return [.. types.Select(Ask).OfType<Question>().Take(most)];
    }

    private Question? YesNo()
    {
        if (random.Below(2) == 0)
        {
            var fact = facts[random.Below(facts.Count)].Fact;
            return fact.Subject is null ? null : new(QuestionType.YesNo, $"Does {Words.The(fact.Subject.Value)} {VerbPhrases.Infinitive(fact)}?", "Yes");
        }

        var near = random.Below(2) == 0 ? falsehoods.Near(facts[random.Below(facts.Count)].Fact, ref random) : null;
        if ((near ?? (Anybody() is { } anybody ? falsehoods.About(anybody, ref random) : null)) is not { Subject: { } toy } wrong)
        {
            return null;
        }

        return new(QuestionType.YesNo, $"Does {Words.The(toy)} {VerbPhrases.Infinitive(wrong)}?", "No");
    }

    private Question? Choice()
    {
        var fact = facts[random.Below(facts.Count)].Fact;
        if (fact.Subject is not { } toy)
        {
            return null;
        }

        var options = new List<string> { VerbPhrases.Infinitive(fact) };
        for (var attempt = 0; attempt < 30 && options.Count < 4; attempt++)
        {
            var wrong = attempt < 2 ? falsehoods.Near(fact, ref random) : falsehoods.About(toy, ref random);
            if (wrong is { } one && one.Subject == toy && !options.Contains(VerbPhrases.Infinitive(one)))
            {
                options.Add(VerbPhrases.Infinitive(one));
            }
        }

        return options.Count < 4 ? null : Lettered(QuestionType.Choice, $"What does {Words.The(toy)} do?", options);
    }

    private Question? Way()
    {
        var moves = facts.Where(fact => fact.Fact is { Verb: Verb.Move }).ToList();
        if (moves.Count == 0)
        {
            return null;
        }

        var fact = moves[random.Below(moves.Count)].Fact;
        var toy = fact.Subject!.Value;

        // A toy that goes more than one way, or runs into another, over it, behind it or after it, has no single answer.
        return facts.Any(other => other.Fact != fact && (other.Fact.Subject == toy || other.Fact.Object == toy) && other.Fact.Verb is (Verb.Move or Verb.Bump or Verb.JumpOver or Verb.Hide or Verb.Chase))
            || facts.Count(other => other.Fact == fact) > 1 ? null
            : new(QuestionType.Direction, $"Which way does {Words.The(toy)} {Words.Go(toy.Kind)}?", $"{Words.Capital(Words.Of(fact.Direction!.Value))}.");
    }

    private Question Where()
    {
        var shot = random.Below(plan.Shots.Count);
        var what = IsStill ? "picture" : plan.Shots.Count == 1 ? "video" : shot == 0 ? "first shot" : "second shot";
        return new(QuestionType.Where, $"Where does the {what} take place?", $"{Words.Capital(Words.At(plan.Shots[shot].Scene))}.");
    }

    private Question? Colour()
    {
        if (Somebody() is not var (shot, toy))
        {
            return null;
        }

        var state = plan.Shots[shot].Toys[toy];
        if (plan.Shots.Sum(one => one.Toys.Count(other => other.Kind == state.Kind)) > 1)
        {
            return null;
        }

        var (when, now) = When(shot, toy, (first, last) => first.Colour == last.Colour);
        return now is { } seen ? new(QuestionType.Colour, $"What colour is the {Words.Of(state.Kind)}{when}?", $"{Words.Capital(Words.Of(seen.Colour))}.") : null;
    }

    private Question? Size()
    {
        if (Somebody() is not var (shot, toy))
        {
            return null;
        }

        // The name must mean one toy, whatever its colour was or will be.
        var name = plan.Shots[shot].Toys[toy].Name;
        if (AllNames().Count(known => known == name) > 1)
        {
            return null;
        }

        var (when, now) = When(shot, toy, (first, last) => first.Size == last.Size);
        return now is { } seen && (when.Length == 0 || seen.Name == name) ? new(QuestionType.Size, $"Is {Words.The(name)} big or small{when}?", $"{Words.Capital(Words.Of(seen.Size))}.") : null;
    }

    private Question? Position()
    {
        var seen = plan.Shots[0].Toys.Where(toy => toy.IsVisible).ToList();
        if (seen.Count == 0)
        {
            return null;
        }

        var toy = seen[random.Below(seen.Count)];
        var (x, _) = ShotMotion.ViewAt(plan.Shots[0], 0).Project(toy.X, toy.Y);
        var where = x switch { < 40 => "On the left.", > 88 => "On the right.", >= 48 and <= 80 => "In the middle.", _ => null };
        return where is null ? null : new(QuestionType.Position, $"Where is {Words.The(toy.Name)}{AtTheStart}?", where);
    }

    private Question? Order()
    {
        var (i, j) = (random.Below(facts.Count), random.Below(facts.Count));
        var (one, other) = (facts[Math.Min(i, j)], facts[Math.Max(i, j)]);
        if (one.Start >= other.Start || facts.Count(fact => fact.Fact == one.Fact) > 1 || facts.Count(fact => fact.Fact == other.Fact) > 1)
        {
            return null;
        }

        var (plain, last) = (Wording.Plain(), random.Below(2) == 0);
        List<string> options = [Sentences.Clause(one.Fact, plain), Sentences.Clause(other.Fact, plain)];
        if (last)
        {
            options.Reverse();
        }

        return Lettered(QuestionType.Order, last ? "What happens last?" : "What happens first?", options);
    }

    /// <summary>A question with options in random order.</summary>
    /// <param name="type">What it is about.</param>
    /// <param name="question">The question.</param>
    /// <param name="options">The right one first.</param>
    private Question Lettered(QuestionType type, string question, List<string> options)
    {
        var place = random.Below(options.Count);
        (options[0], options[place]) = (options[place], options[0]);
        var text = string.Join(' ', options.Select((option, i) => $"{Letters[i]}. {Words.Capital(option)}."));
        return new(type, $"{question} {text} Answer with the letter.", Letters[place].ToString()) { Stem = $"{question} {text}", Options = [.. options.Select(option => $"{Words.Capital(option)}.")] };
    }

    private ToyName? Anybody() => Somebody() is var (shot, toy) ? plan.Shots[shot].Toys[toy].Name : null;

    /// <summary>A toy of any shot; null if there is none.</summary>
    private (int Shot, int Toy)? Somebody()
    {
        var shot = random.Below(plan.Shots.Count);
        return plan.Shots[shot].Toys.Count == 0 ? null : (shot, random.Below(plan.Shots[shot].Toys.Count));
    }

    /// <summary>At which moment something about a toy is asked that may change: at any if it doesn't, else at the start or the end of the video, if the toy is seen then.</summary>
    private (string When, ToyState? State) When(int shot, int toy, Func<ToyState, ToyState, bool> isSame)
    {
        var (first, last) = (plan.Shots[shot].Toys[toy], AtTheEnd(shot, toy));
        if (plan.Shots[shot].Slots.All(slot => isSame(first, slot.After[toy])))
        {
            return ("", first);
        }

        return random.Below(2) == 0
            ? (AtTheStart, shot == 0 && first.IsVisible ? first : null)
            : (" at the end", shot == plan.Shots.Count - 1 && last.IsVisible ? last : null);
    }

    /// <summary>The names of all toys at all times, each once for every toy that has it.</summary>
    private IEnumerable<ToyName> AllNames()
        => plan.Shots.SelectMany(shot => Enumerable.Range(0, shot.Toys.Count).SelectMany(toy => shot.Slots.SelectMany(slot => new[] { slot.Before[toy].Name, slot.After[toy].Name }).Append(shot.Toys[toy].Name).Distinct()));

    private ToyState AtTheEnd(int shot, int toy) => plan.Shots[shot].Slots.Count == 0 ? plan.Shots[shot].Toys[toy] : plan.Shots[shot].Slots[^1].After[toy];
}
