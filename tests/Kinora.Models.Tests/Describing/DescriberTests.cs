using System.Text.Json;
using Kinora.Media;
using Kinora.Models.Describing;
using Kinora.Models.Families;
using Kinora.Models.Generation;
using Kinora.Models.Inputs;
using Kinora.Models.Tests.Families;

namespace Kinora.Models.Tests.Describing;

public class DescriberTests(ToyboxModel toybox) : IClassFixture<ToyboxModel>
{
    public static TheoryData<int> Clips => [.. Enumerable.Range(0, 12)];

    [Theory]
    [MemberData(nameof(Clips))]
    public async Task The_clips_give_the_recorded_texts_through_ffmpeg(int number)
    {
        using var golden = JsonDocument.Parse(File.ReadAllText(Fixture.At("toybox-bootstrap", "golden.json")));
        var expected = golden.RootElement.GetProperty("cases").EnumerateArray().First(entry => entry.GetProperty("name").GetString() == $"toybox-{number:00}");
        var pieces = new List<string>();
        var description = await new Describer(toybox.Model).DescribeAsync(ToyboxModel.Clip(number), new DescribeOptions(), text: pieces.Add);
        Assert.Equal(expected.GetProperty("text").GetString(), description.Text);
        Assert.Equal(description.Text, string.Concat(pieces));
        Assert.Equal(expected.GetProperty("frame_indices").EnumerateArray().Select(index => index.GetInt32()), description.Frames.Select(frame => frame.Index));
        Assert.All(expected.GetProperty("times").EnumerateArray().Zip(description.Frames), pair => Assert.Equal(pair.First.GetDouble(), pair.Second.Time, 1e-3));
        Assert.Equal(description.Frames[^1].Time + (1 / 12.0), description.End!.Value, 1e-3);
        Assert.Equal(FinishReason.End, description.Finish);
    }

    [Fact]
    public async Task Progress_tells_every_phase_up_to_its_end()
    {
        var seen = new List<DescribeProgress>();
        await new Describer(toybox.Model).DescribeAsync(ToyboxModel.Clip(4), new DescribeOptions(), progress: seen.Add);
        Assert.Equal(Enum.GetValues<DescribePhase>(), seen.Select(progress => progress.Phase).Distinct());
        Assert.Equal((8, 8), Last(DescribePhase.Encode));
        Assert.Equal((182, 182), Last(DescribePhase.Read));

        (int, int) Last(DescribePhase phase) => seen.Where(progress => progress.Phase == phase).Select(progress => (progress.Done, progress.Total)).Last();
    }

    [Fact]
    public async Task More_frames_than_the_memory_holds_are_refused_before_they_are_encoded()
    {
        var options = new DescribeOptions { Generation = new GenerationOptions { MaxNewTokens = int.MaxValue } };
        var error = await Assert.ThrowsAsync<DescribeException>(() => new Describer(toybox.Model).DescribeAsync(ToyboxModel.Clip(0), options));
        Assert.Contains("--max-tokens", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_later_question_costs_only_its_own_tokens()
    {
        var clip = await new MediaReader().ReadAsync(ToyboxModel.Clip(4), new FrameRequest { Count = 8 });
        using var chat = new ChatSession(toybox.Model, [VisualMedia.Of(clip)]);
        var answer = chat.Ask("Describe the video in detail.", new GenerationOptions());
        Assert.StartsWith("A small orange boat", answer, StringComparison.Ordinal);
        Assert.Equal(182, chat.LastRead);

        const string Question = "How many toys are there at the start?";
        Assert.Equal("Two.", chat.Ask(Question, new GenerationOptions()));
        var own = toybox.Model.Tokenizer.Encode(toybox.Model.NextPrompt(Question), false).Length;
        Assert.Equal(own, chat.LastRead);
        Assert.Equal(4, chat.Turns.Count);

        chat.Reset();
        Assert.Equal((0, 0), (chat.Turns.Count, chat.Length));
        Assert.Equal(answer, chat.Ask("Describe the video in detail.", new GenerationOptions()));
    }

    [Fact]
    public async Task An_answer_that_was_cut_is_read_whole_before_the_next_question()
    {
        var clip = await new MediaReader().ReadAsync(ToyboxModel.Clip(4), new FrameRequest { Count = 8 });
        using var chat = new ChatSession(toybox.Model, [VisualMedia.Of(clip)]);
        chat.Ask("Describe the video in detail.", new GenerationOptions { MaxNewTokens = 5 });
        Assert.Equal(182 + 4, chat.Length);
        chat.Ask("How many toys are there at the start?", new GenerationOptions());
        var own = toybox.Model.Tokenizer.Encode(toybox.Model.NextPrompt("How many toys are there at the start?"), false).Length;
        Assert.Equal(own + 1, chat.LastRead);
    }

    [Fact]
    public void An_end_mark_behind_a_stop_string_is_not_read_twice()
    {
        const string Question = "And then?";
        using var chat = new ChatSession(toybox.Model, []);
        var word = chat.Ask("What happens?", new GenerationOptions { Beams = 2 }).Split(' ')[1];
        chat.Reset();
        chat.Ask("What happens?", new GenerationOptions { Beams = 2, StopStrings = [word] });
        chat.Ask(Question, new GenerationOptions());
        Assert.Equal(toybox.Model.Tokenizer.Encode(toybox.Model.NextPrompt(Question), false).Length, chat.LastRead);
    }

    [Fact]
    public void A_tokenizer_of_another_model_is_noticed()
    {
        using var checkpoint = new RandomTarsier(3);
        using var model = ModelLoader.Load(checkpoint.Path);
        using var chat = new ChatSession(model, [new([new Picture(8, 8, 3)], IsVideo: false)]);
        var error = Assert.Throws<DescribeException>(() => chat.Ask("What happens?", new GenerationOptions()));
        Assert.Contains("0 placeholders", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, chat.Length);
    }

    [Fact]
    public void A_cancelled_question_leaves_the_conversation_as_it_was()
    {
        using var chat = new ChatSession(toybox.Model, []);
        chat.Ask("What happens?", new GenerationOptions());
        var length = chat.Length;
        using var source = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => chat.Ask("And then?", new GenerationOptions(), _ => source.Cancel(), cancellation: source.Token));
        Assert.Equal((length, 2), (chat.Length, chat.Turns.Count));
    }

    [Fact]
    public void Subtitles_keep_their_form_whatever_the_text()
    {
        Assert.Equal("1\n00:00:00,000 --> 01:01:01,500\na --> b\nc\n\n", SubtitleWriter.Srt([(0, 3661.5, "a --> b\n\n\r\nc")]));
        Assert.Equal("WEBVTT\n\n00:00:00.042 --> 00:00:02.000\na &lt;b&gt; &amp; c --&gt; d\n\n", SubtitleWriter.Vtt([(0.0417, 2, "a <b> & c --> d")]));
    }
}
