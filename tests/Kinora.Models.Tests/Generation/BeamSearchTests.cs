using Kinora.Models.Generation;

namespace Kinora.Models.Tests.Generation;

public sealed class BeamSearchTests
{
    [Fact]
    public void Enough_beams_find_all_texts_in_order()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var model = MarkovModel.Random(3, seed);
            var penalty = seed % 3 - 0.5;
            int[] ends = seed % 2 == 0 ? [2] : [];
            var all = Everything(model, [], 0, 4, ends).Select(entry => (entry.Text, Score: entry.Sum / Math.Pow(entry.Text.Length, penalty))).OrderByDescending(entry => entry.Score).ToList();
            var found = BeamSearch.Run(model, [], new GenerationOptions { Beams = 200, LengthPenalty = penalty, MaxNewTokens = 4, EndIds = ends });
            for (var rank = 0; rank < all.Count; rank++)
            {
                Assert.Equal(all[rank].Score, found[rank].Score, 1e-4);
                Assert.Equal(all[rank].Text, found[rank].Ids);
                Assert.Equal(ends.Contains(found[rank].Ids[^1]), found[rank].Ended);
            }
        }
    }

    [Fact]
    public void Random_models_give_what_the_plain_reference_gives()
    {
        var ended = 0;
        for (var seed = 0; seed < 400; seed++)
        {
            var model = MarkovModel.Random(6 + (seed % 5), seed, 3);
            var options = new GenerationOptions
            {
                Beams = 1 + (seed % 5),
                LengthPenalty = new[] { 0, 1, 1.4, -0.7, 2 }[seed % 7 % 5],
                EarlyStopping = seed % 3 == 0,
                MaxNewTokens = 1 + (seed % 11),
                EndIds = (seed % 4) switch { 0 => [], 1 => [0], 2 => [3], _ => [1, 4] },
                RepetitionPenalty = seed % 6 == 0 ? 1.2 : 1,
            };
            var expected = PlainBeamSearch.Run(model, [2, 5], options);
            var found = BeamSearch.Run(model, [2, 5], options);
            Assert.Equal(expected.Count, found.Count);
            for (var rank = 0; rank < found.Count; rank++)
            {
                Assert.Equal(expected[rank].Text, found[rank].Ids);
                Assert.Equal(expected[rank].Score, found[rank].Score, 1e-5);
            }

            ended += found.Count(hypothesis => hypothesis.Ended);
        }

        Assert.InRange(ended, 100, 1100);
    }

    [Fact]
    public void One_beam_is_the_greedy_path()
    {
        var model = MarkovModel.Random(8, 99);
        var text = new List<int>();
        for (var step = 0; step < 10; step++)
        {
            text.Add(Probabilities.MostLikely(model.LogitsAfter(text)));
        }

        Assert.Equal(text, Assert.Single(BeamSearch.Run(model, [], new GenerationOptions { MaxNewTokens = 10 })).Ids);
    }

    [Fact]
    public void Early_stopping_ends_once_there_are_as_many_texts_as_beams()
    {
        // Ends at once with 0.4, else goes on almost surely with token 1 and may end at any time with little.
        var model = new MarkovModel(3, (_, last, next) => MathF.Log(last == -1 ? new[] { 0.4f, 0.59f, 0.01f }[next] : new[] { 0.3f, 0.69f, 0.01f }[next]));
        var options = new GenerationOptions { Beams = 2, MaxNewTokens = 6, EndIds = [0], LengthPenalty = 1 };
        var early = BeamSearch.Run(model, [], options with { EarlyStopping = true });
        Assert.Equal(1, model.Steps);
        Assert.Equal([[0], [1, 0]], early.Select(hypothesis => hypothesis.Ids).OrderBy(ids => ids.Length));
        Assert.Equal(Math.Log(0.4), early.Single(hypothesis => hypothesis.Ids.Length == 1).Score, 1e-5);
        Assert.Equal(Math.Log(0.59 * 0.3) / 2, early.Single(hypothesis => hypothesis.Ids.Length == 2).Score, 1e-5);

        // Otherwise it goes on, as the running beam's sum over its length is better than the worst text.
        var patient = BeamSearch.Run(model, [], options);
        Assert.True(model.Steps > 1);
        Assert.Equal([1, 1, 1, 1, 1, 1], patient[0].Ids);
        Assert.False(patient[0].Ended);
    }

    [Fact]
    public void Length_penalty_zero_compares_plain_sums()
    {
        var model = new MarkovModel(2, (_, _, next) => MathF.Log(next == 0 ? 0.4f : 0.6f));
        var options = new GenerationOptions { Beams = 2, MaxNewTokens = 8, EndIds = [0] };
        var plain = BeamSearch.Run(model, [], options with { LengthPenalty = 0 });
        Assert.Equal([0], plain[0].Ids);
        Assert.Equal(Math.Log(0.4), plain[0].Score, 1e-5);
        Assert.Equal([1, 0], plain[1].Ids);

        // With two texts of -0.92 and -1.43, no running beam (-1.53 after three tokens) can do better: it ends there.
        Assert.Equal(2, model.Steps);
        var favoursLong = BeamSearch.Run(model, [], options with { LengthPenalty = 1 });
        Assert.Equal(Enumerable.Repeat(1, 8), favoursLong[0].Ids);
        Assert.Equal(Math.Log(0.6), favoursLong[0].Score, 1e-5);
    }

    [Fact]
    public void An_end_token_beyond_the_first_candidates_does_not_count()
    {
        var model = new MarkovModel(4, (_, _, next) => MathF.Log(new[] { 0.5f, 0.3f, 0.15f, 0.05f }[next]));
        var texts = BeamSearch.Run(model, [], new GenerationOptions { Beams = 1, MaxNewTokens = 3, EndIds = [1] });
        Assert.Equal([0, 0, 0], texts[0].Ids);
        Assert.False(texts[0].Ended);
    }

    [Fact]
    public void Several_end_tokens_leave_every_beam_a_way_on()
    {
        var model = new MarkovModel(5, (_, _, next) => MathF.Log(new[] { 0.3f, 0.25f, 0.25f, 0.15f, 0.05f }[next]));
        var texts = BeamSearch.Run(model, [], new GenerationOptions { Beams = 2, MaxNewTokens = 2, EndIds = [0, 1, 2], LengthPenalty = 0 });
        Assert.Equal([[0], [0]], texts.Select(text => text.Ids));
        Assert.Equal(Math.Log(0.3), texts[0].Score, 1e-5);
        Assert.Equal(Math.Log(0.25), texts[1].Score, 1e-5);
    }

    [Fact]
    public void Wrong_options_and_cancelling_stop_the_search()
    {
        var model = MarkovModel.Random(3, 1);
        Assert.Throws<GenerationException>(() => BeamSearch.Run(model, [], new GenerationOptions { Beams = 0 }));
        Assert.Throws<OperationCanceledException>(() => BeamSearch.Run(model, [], new GenerationOptions { Beams = 2 }, new CancellationToken(true)));
    }

    private static List<(int[] Text, double Sum)> Everything(MarkovModel model, int[] text, double sum, int left, int[] ends)
    {
        if (left == 0 || (text.Length > 0 && ends.Contains(text[^1])))
        {
            return [(text, sum)];
        }

        var logits = model.LogitsAfter(text);
        var total = Math.Log(logits.Sum(logit => Math.Exp(logit)));
        return logits.Select((logit, token) => (logit, token)).SelectMany(next => Everything(model, [.. text, next.token], sum + next.logit - total, left - 1, ends)).ToList();
    }
}
