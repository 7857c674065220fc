using Kinora.Models.Families;
using Kinora.Models.Generation;
using Kinora.Models.Tests.Families;

namespace Kinora.Models.Tests.Generation;

public class SessionTests(ToyboxModel toybox) : IClassFixture<ToyboxModel>
{
    private int[] Prompt => toybox.Model.Tokenizer.Encode("USER: Describe the video in detail. ASSISTANT: ", true);

    [Fact]
    public void A_decoding_step_allocates_nothing()
    {
        using var session = new Session(toybox.Model);
        session.Reserve(400);
        session.Read(Prompt, null);
        var processor = new LogitsProcessor(new GenerationOptions { RepetitionPenalty = 1.2, Temperature = 0.7, TopK = 20, TopP = 0.9 });
        var sampler = new Sampler(7);
        for (var warmUp = 0; warmUp < 50; warmUp++)
        {
            Step();
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var step = 0; step < 100; step++)
        {
            Step();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Step()
        {
            processor.Process(session.Logits, [1, 2, 3], [4]);
            Probabilities.Softmax(session.Logits, session.Logits);
            session.Read(sampler.Draw(session.Logits));
        }
    }

    [Fact]
    public void Reading_in_parts_equals_reading_at_once()
    {
        using var whole = new Session(toybox.Model);
        whole.Read(Prompt, null);
        foreach (var cut in new[] { 1, 7, Prompt.Length - 1 })
        {
            using var parts = new Session(toybox.Model);
            parts.Read(Prompt.AsSpan()[..cut], null);
            foreach (var id in Prompt[cut..])
            {
                parts.Read(id);
            }

            Assert.Equal(whole.Length, parts.Length);
            Assert.All(whole.Logits.ToArray().Zip(parts.Logits.ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
        }
    }

    [Fact]
    public void A_prompt_longer_than_a_chunk_gives_the_same_in_chunks_and_token_by_token()
    {
        int[] ids = [.. Enumerable.Range(0, 1300).Select(i => 5 + (i * 7 % 600))];
        using var whole = new Session(toybox.Model);
        whole.Read(ids, null);
        using var steps = new Session(toybox.Model);
        foreach (var id in ids)
        {
            steps.Read(id);
        }

        Assert.Equal(1300, whole.Length);
        Assert.All(whole.Logits.ToArray().Zip(steps.Logits.ToArray()), pair => Assert.Equal(pair.First, pair.Second, 2e-3f));
    }

    [Fact]
    public void One_beam_of_many_is_at_least_as_likely_as_greedy()
    {
        using var session = new Session(toybox.Model);
        session.Read(Prompt, null);
        var options = new GenerationOptions { MaxNewTokens = 12, Beams = 4, LengthPenalty = 0, EndIds = toybox.Model.EndIds };
        var (start, length) = (session.Ids.Count, session.Length);
        var beams = TextGenerator.Generate(session, options);
        Assert.Equal(4, beams.Beams.Count);
        Assert.Equal(beams.Beams.Select(beam => beam.Score).OrderDescending(), beams.Beams.Select(beam => beam.Score));
        Assert.Equal(start + beams.Ids.Count - 1, session.Ids.Count); // the session has read the best text but for its last id
        foreach (var beam in beams.Beams)
        {
            Assert.Equal(Score(beam.Ids), beam.Score, 1e-3);
        }

        session.Rewind(start, length);
        using var again = new Session(toybox.Model);
        again.Read(Prompt, null);
        var greedy = TextGenerator.Generate(again, options with { Beams = 1 });
        Assert.True(beams.Beams[0].Score >= Score(greedy.Ids) - 1e-4);
    }

    [Fact]
    public void The_same_seed_draws_the_same_text_and_another_seed_another()
    {
        var options = new GenerationOptions { MaxNewTokens = 30, Temperature = 2, Seed = 5, EndIds = [] };
        Assert.Equal(Write(options).Ids, Write(options).Ids);
        Assert.NotEqual(Write(options).Ids, Write(options with { Seed = 6 }).Ids);
    }

    [Fact]
    public void A_stop_string_cuts_the_text_there()
    {
        var whole = Write(new() { MaxNewTokens = 40, EndIds = toybox.Model.EndIds });
        var word = whole.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3];
        var cut = Write(new() { MaxNewTokens = 40, EndIds = toybox.Model.EndIds, StopStrings = [word] });
        Assert.Equal(FinishReason.StopString, cut.Finish);
        Assert.Equal(whole.Text[..whole.Text.IndexOf(word, StringComparison.Ordinal)], cut.Text);
    }

    [Fact]
    public void Pieces_join_to_the_text()
    {
        using var session = new Session(toybox.Model);
        session.Read(Prompt, null);
        var pieces = new List<string>();
        var result = TextGenerator.Generate(session, new() { MaxNewTokens = 40, EndIds = toybox.Model.EndIds }, piece => pieces.Add(piece.Text));
        Assert.Equal(result.Text, string.Concat(pieces));
        Assert.Equal(FinishReason.End, result.Finish);
        Assert.True(pieces.Count > 5);
    }

    [Fact]
    public void Cancelling_ends_after_the_token_at_hand()
    {
        using var session = new Session(toybox.Model);
        session.Read(Prompt, null);
        using var source = new CancellationTokenSource();
        var tokens = 0;
        Assert.ThrowsAny<OperationCanceledException>(() => TextGenerator.Generate(session, new() { MaxNewTokens = 400, EndIds = [] }, _ =>
        {
            if (++tokens == 3)
            {
                source.Cancel();
            }
        }, source.Token));
        Assert.Equal(3, tokens);
    }

    [Fact]
    public void A_cancelled_prompt_leaves_the_session_as_it_was()
    {
        using var session = new Session(toybox.Model);
        session.Read(Prompt, null);
        var (ids, length) = (session.Ids.Count, session.Length);
        Assert.ThrowsAny<OperationCanceledException>(() => session.Read(Prompt, null, null, new CancellationToken(true)));
        Assert.Equal((ids, length), (session.Ids.Count, session.Length));
    }

    [Theory]
    [InlineData("layer_0_output")]
    [InlineData("final_norm_output")]
    public void A_token_that_is_cancelled_half_way_is_not_counted(string stage)
    {
        using var session = new Session(toybox.Model);
        session.Read(Prompt, null);
        using var source = new CancellationTokenSource();
        session.Operations.Cancellation = source.Token;
        session.Operations.Observer = (name, _) =>
        {
            if (name == stage)
            {
                source.Cancel();
            }
        };
        Assert.ThrowsAny<OperationCanceledException>(() => session.Read(7));
        Assert.Equal((Prompt.Length, Prompt.Length), (session.Ids.Count, session.Length));

        session.Operations.Observer = null;
        session.Operations.Cancellation = default;
        session.Read(7);
        using var whole = new Session(toybox.Model);
        whole.Read([.. Prompt, 7], null);
        Assert.All(whole.Logits.ToArray().Zip(session.Logits.ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
    }

    [Fact]
    public void A_limit_far_beyond_the_answer_costs_no_memory()
    {
        using var session = new Session(toybox.Model);
        session.Read(Prompt, null);
        var result = TextGenerator.Generate(session, new() { MaxNewTokens = GenerationOptions.LargestMaxNewTokens, EndIds = toybox.Model.EndIds });
        Assert.Equal(FinishReason.End, result.Finish);
        Assert.True(session.Cache!.Capacity < 10_000);
    }

    [Fact]
    public async Task Sessions_on_several_threads_share_a_model_whose_positions_grow()
    {
        // A model of its own: its table of positions is still empty.
        using var checkpoint = new RandomTarsier(9);
        using var model = ModelLoader.Load(checkpoint.Path);
        var ids = checkpoint.Prompt(0, 700);
        var logits = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() =>
        {
            using var session = new Session(model);
            foreach (var part in ids.Chunk(37))
            {
                session.Read(part, null);
            }

            return session.Logits.ToArray();
        })));
        Assert.All(logits, other => Assert.Equal(logits[0], other));
    }

    [Fact]
    public void An_empty_prompt_is_refused()
    {
        using var session = new Session(toybox.Model);
        Assert.Throws<ArgumentException>(() => session.Read([], null));
    }

    [Fact]
    public void Placeholders_and_pictures_must_match()
    {
        using var session = new Session(toybox.Model);
        var error = Assert.Throws<ArgumentException>(() => session.Read(toybox.Model.Tokenizer.Encode("USER: <image><image>\nx ASSISTANT: ", true), null));
        Assert.Contains("2 placeholders for 0 visual rows", error.Message, StringComparison.Ordinal);
    }

    private GenerationResult Write(GenerationOptions options)
    {
        using var session = new Session(toybox.Model);
        session.Read(Prompt, null);
        return TextGenerator.Generate(session, options);
    }

    /// <summary>The sum of log probabilities of a text, token by token.</summary>
    private double Score(IReadOnlyList<int> ids)
    {
        using var session = new Session(toybox.Model);
        session.Read(Prompt, null);
        var sum = 0.0;
        foreach (var id in ids)
        {
            var logits = session.Logits.ToArray();
            var largest = logits.Max();
            sum += logits[id] - largest - Math.Log(logits.Sum(logit => Math.Exp(logit - largest)));
            session.Read(id);
        }

        return sum;
    }
}
