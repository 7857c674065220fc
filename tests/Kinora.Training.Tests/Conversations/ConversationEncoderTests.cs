using Kinora.Models.Describing;
using Kinora.Models.Families;
using Kinora.Training.Conversations;
using Kinora.Training.Data;

namespace Kinora.Training.Tests.Conversations;

public sealed class ConversationEncoderTests : IDisposable
{
    private const int Long = 100_000;

    private readonly Dictionary<string, VisionLanguageModel> models = [];

    /// <summary>A byte-level tokenizer, and two of the Llama kind that put blanks before texts.</summary>
    public static TheoryData<string> Models => ["toybox", "tarsier-7b", "tarsier-34b"];

    public static TheoryData<string, string> Answers
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var model in new[] { "toybox", "tarsier-7b", "tarsier-34b" })
            {
                foreach (var answer in new[] { "A dog runs.", "a", "(B", "7 cats, 12 dogs!", "Two\nlines", "Un bateau – 船 ⛵.", "It says USER: </s> <image> here." })
                {
                    data.Add(model, answer);
                }
            }

            return data;
        }
    }

    public void Dispose()
    {
        foreach (var model in models.Values)
        {
            model.Dispose();
        }
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public void Learned_are_the_answer_and_its_end_behind_the_prompt_of_inference(string name, string answer)
    {
        var model = Model(name);
        var encoded = new ConversationEncoder(model, Long).Encode(Sample(new TrainingTurn("What happens?", answer)), Layouts.Shapes(3));
        var prompt = model.Expand(model.Tokenize(model.FirstPrompt("What happens?", Layouts.Shapes(3)), begins: true), model.Layout(3));
        Assert.Equal(prompt, encoded.Ids[..prompt.Length]);
        Assert.All(encoded.Labels[..prompt.Length], label => Assert.Equal(EncodedSample.Ignored, label));
        Assert.Equal(encoded.Ids[prompt.Length..], encoded.Labels[prompt.Length..]);
        Assert.Equal(model.EndIds[0], encoded.Ids[^1]);
        Assert.Equal(answer, model.Tokenizer.Decode(encoded.Ids.AsSpan()[prompt.Length..], skipSpecialTokens: true));

        // As a text, the answer stands right behind the prompt: no second blank is learned.
        var before = model.Tokenizer.Decode(prompt, skipSpecialTokens: false);
        Assert.EndsWith(" ", before, StringComparison.Ordinal);
        Assert.Equal(before + answer, model.Tokenizer.Decode(encoded.Ids.AsSpan()[..^1], skipSpecialTokens: false));
        Assert.Equal((3 * model.Layout(1).Tokens, encoded.Ids.Length - prompt.Length, false), (model.Placeholders(encoded.Ids), encoded.Learned, encoded.IsCut));
    }

    [Fact]
    public async Task What_a_trained_model_writes_is_what_would_be_learned()
    {
        var model = Model("toybox");
        var encoder = new ConversationEncoder(model, Long);
        foreach (var clip in new[] { 0, 4 })
        {
            var description = await new Describer(model).DescribeAsync(Fixture.Clip(clip), new DescribeOptions());
            var encoded = encoder.Encode(Sample(new TrainingTurn("", description.Text)), Layouts.Shapes(description.Frames.Count));
            Assert.Equal(description.Ids, encoded.Labels.Where(label => label != EncodedSample.Ignored));
            Assert.Equal(description.PromptTokens, encoded.Positions - description.Ids.Count);
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Every_turn_is_learned_as_a_conversation_asks_it(string name)
    {
        var model = Model(name);
        var encoded = new ConversationEncoder(model, Long).Encode(Sample(new TrainingTurn("One?", "First one."), new TrainingTurn("Two?", "Second one.")), Layouts.Shapes(2));
        var tokenizer = model.Tokenizer;
        var first = model.Expand(model.Tokenize(model.FirstPrompt("One?", Layouts.Shapes(2)), begins: true), model.Layout(2));
        var next = tokenizer.Encode(model.NextPrompt("Two?"), addSpecialTokens: false);
        var answers = Learned(encoded);
        Assert.Equal(2, answers.Count);
        Assert.Equal(["First one.", "Second one."], answers.Select(run => tokenizer.Decode([.. run.Ids], skipSpecialTokens: true)));
        Assert.All(answers, run => Assert.Equal(model.EndIds[0], run.Ids[^1]));
        Assert.Equal(first.Length, answers[0].Start);
        Assert.Equal(next, encoded.Ids[(answers[0].Start + answers[0].Ids.Count - 1)..answers[1].Start]);
    }

    [Fact]
    public void An_empty_question_asks_for_a_description_and_a_system_text_stands_before_the_question()
    {
        var model = Model("toybox");
        var encoder = new ConversationEncoder(model, Long);
        foreach (var video in new[] { true, false })
        {
            Starts(encoder.Encode(Sample(new TrainingTurn("", "A.")), [new(1, 64, 48, IsVideo: video)]), model.DescribePrompt(video));
        }

        Starts(encoder.Encode(Sample(new TrainingTurn("Who?", "A.")) with { System = "Be brief. " }, [new(1, 64, 48, IsVideo: true)]), "Be brief.\nWho?");
        var text = encoder.Encode(Sample(new TrainingTurn("Who?", "A.")), Layouts.Shapes(0));
        Assert.Equal(0, model.Placeholders(text.Ids));
        Assert.Contains("neither a picture nor a question", Assert.Throws<SampleException>(() => encoder.Encode(Sample(new TrainingTurn("", "A.")), Layouts.Shapes(0))).Message, StringComparison.Ordinal);

        void Starts(EncodedSample encoded, string typed)
        {
            var prompt = model.Expand(model.Tokenize(model.FirstPrompt(typed, Layouts.Shapes(1)), begins: true), model.Layout(1));
            Assert.Equal(prompt, encoded.Ids[..prompt.Length]);
            Assert.Equal(prompt.Length, encoded.Labels.AsSpan().IndexOfAnyExcept(EncodedSample.Ignored));
        }
    }

    [Fact]
    public void Of_a_pair_the_last_answers_are_learned_and_the_prompts_are_one()
    {
        var model = Model("toybox");
        var encoder = new ConversationEncoder(model, Long);
        var sample = Sample(new TrainingTurn("One?", "First."), new TrainingTurn("Two?", "Better.")) with { Rejected = "Worse by far." };
        var (chosen, rejected) = (encoder.Encode(sample, Layouts.Shapes(2)), encoder.EncodeRejected(sample, Layouts.Shapes(2)));
        var (better, worse) = (Learned(chosen).Single(), Learned(rejected).Single());
        Assert.Equal("Better.", model.Tokenizer.Decode([.. better.Ids], skipSpecialTokens: true));
        Assert.Equal("Worse by far.", model.Tokenizer.Decode([.. worse.Ids], skipSpecialTokens: true));
        Assert.Equal(chosen.Ids[..better.Start], rejected.Ids[..worse.Start]);
        Assert.Throws<ArgumentException>(() => encoder.EncodeRejected(sample with { Rejected = null }, Layouts.Shapes(2)));
    }

    [Fact]
    public void What_is_too_long_is_cut_at_its_end()
    {
        var model = Model("tarsier-7b");
        var whole = new ConversationEncoder(model, Long).Encode(Sample(new TrainingTurn("What?", "A dog runs and runs.")), Layouts.Shapes(2));
        var prompt = whole.Positions - whole.Learned;
        for (var most = prompt - model.Layout(1).Tokens; most <= whole.Positions; most++)
        {
            var encoder = new ConversationEncoder(model, most);
            if (most <= prompt)
            {
                var error = Assert.Throws<SampleException>(() => encoder.Encode(Sample(new TrainingTurn("What?", "A dog runs and runs.")), Layouts.Shapes(2)));
                Assert.Contains($"fills the {most} positions", error.Message, StringComparison.Ordinal);
                continue;
            }

            var cut = encoder.Encode(Sample(new TrainingTurn("What?", "A dog runs and runs.")), Layouts.Shapes(2));
            Assert.Equal((most, most - prompt, most < whole.Positions), (cut.Positions, cut.Learned, cut.IsCut));
            Assert.Equal(whole.Ids[..cut.Ids.Length], cut.Ids);
            Assert.Equal(whole.Labels[..cut.Ids.Length], cut.Labels);
        }
    }

    private static TrainingSample Sample(params TrainingTurn[] turns) => new(new SampleSource("data.json", 4, 9), [], turns);

    private static List<(int Start, List<int> Ids)> Learned(EncodedSample sample)
    {
        var runs = new List<(int Start, List<int> Ids)>();
        for (var i = 0; i < sample.Labels.Length; i++)
        {
            if (sample.Labels[i] == EncodedSample.Ignored)
            {
                continue;
            }

            if (sample.Labels[i - 1] == EncodedSample.Ignored)
            {
                runs.Add((i, []));
            }

            Assert.Equal(sample.Ids[i], sample.Labels[i]);
            runs[^1].Ids.Add(sample.Ids[i]);
        }

        return runs;
    }

    private VisionLanguageModel Model(string name)
        => models.TryGetValue(name, out var model) ? model : models[name] = ModelLoader.Load(name == "toybox" ? Fixture.Toybox : Fixture.At(name, "checkpoint"));
}
