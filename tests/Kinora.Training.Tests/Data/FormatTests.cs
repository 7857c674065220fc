using System.Text.Json.Nodes;
using Kinora.Training.Data;
using Kinora.Training.Data.Formats;

namespace Kinora.Training.Tests.Data;

public sealed class FormatTests : IDisposable
{
    private const string Llava = """{"id": "c1", "image": "a.jpg", "conversations": [{"from": "human", "value": "<image>\nWhich leaves first?"}, {"from": "gpt", "value": "The cylinder."}, {"from": "human", "value": "And then?"}, {"from": "gpt", "value": "The cube."}]}""";
    private const string Tarsier1 = """{"idx": 7, "dataset": "DREAM/stock", "text": {"prompt": "<video>\nDescribe the video in detail.", "response": "A gull lands."}, "video_file": "clips/7.mp4", "start_time": 1.5, "end_time": 4, "vid": 7}""";
    private const string Tarsier2 = """{"messages": [{"role": "user", "content": [{"type": "video", "video": {"video_file": "t.mp4"}, "text": null}, {"type": "text", "text": "Which way?"}]}, {"role": "assistant", "content": [{"type": "text", "text": " Answer: ("}, {"type": "text", "text": "", "reference": "B"}]}], "task": "video/QA"}""";
    private const string Pair = """{"messages": [{"role": "system", "content": {"type": "text", "text": "Be brief."}}, {"role": "user", "content": {"type": "image", "image": {"image_file": "a.png"}}}, {"role": "user", "content": {"type": "text", "text": "What is it?"}}, {"role": "assistant", "content": [{"type": "text", "chosen": "A gull.", "rejected": "A dog."}]}]}""";
    private const string Pllava = """{"video": "k/c.mp4", "start": 3.0, "end": 11.5, "QA": [{"i": "Reply briefly.", "q": "What first?", "a": "He rinses."}, {"i": "Other.", "q": "", "a": "Beside the stove."}]}""";
    private const string Captions = """{"video_id": "d", "video_path": "pexels/d.mp4", "keyframe": [0, 60], "captions": [{"idx": "0", "content": "A harbour."}, {"idx": "-1", "content": "At dusk a gull lands."}, {"idx": "1", "content": "A gull."}]}""";
    private const string Plain = """{"video": "a.mp4", "question": "What runs?", "text": "A dog runs.", "rejected": "A cat sits.", "start": 0, "end": 2.5}""";

    private readonly TemporaryDirectory directory = new();

    public static TheoryData<string, string> Sound => new()
    {
        { "llava", Llava }, { "tarsier", Tarsier1 }, { "tarsier", Tarsier2 }, { "tarsier", Pair }, { "pllava", Pllava }, { "sharegpt4video", Captions }, { "jsonl", Plain },
    };

    public void Dispose() => directory.Dispose();

    [Theory]
    [MemberData(nameof(Sound))]
    public void A_format_is_recognised_by_its_content(string format, string record)
    {
        using var file = TrainingFile.Open(directory.Write("a", "{\"x\": 1}\n" + record));
        Assert.Equal(DataFormats.Parse(format), file.Format);
        Assert.NotEmpty(file.Read(1).Turns);
        foreach (var other in DataFormats.Names.Where(name => name != format))
        {
            using var wrong = TrainingFile.Open(file.Path, null, DataFormats.Parse(other));
            Assert.Throws<TrainingDataException>(() => wrong.Read(1));
        }
    }

    [Fact]
    public void An_unknown_format_is_named_with_the_known_ones()
        => Assert.Equal("there is no data format \"csv\"; known are llava, tarsier, pllava, sharegpt4video, jsonl", Assert.Throws<FormatException>(() => DataFormats.Parse("csv")).Message);

    [Fact]
    public void Llava_conversations()
    {
        var sample = Read(Llava);
        Assert.Equal([new TrainingTurn("Which leaves first?", "The cylinder."), new TrainingTurn("And then?", "The cube.")], sample.Turns);
        Assert.Equal((TrainingMediaKind.Picture, directory.File("a.jpg")), (sample.Media.Single().Kind, sample.Media[0].Paths.Single()));

        var several = Read("""{"image": ["a.jpg", "b.jpg"], "conversations": [{"from": "gpt", "value": "left out"}, {"from": "human", "value": "Compare.\n<image>\n<image>"}, {"from": "gpt", "value": "Same."}]}""");
        Assert.Equal([new TrainingTurn("Compare.", "Same.")], several.Turns);
        Assert.Equal(2, several.Media.Count);

        var text = Read("""{"conversations": [{"from": "system", "value": "Be kind."}, {"from": "human", "value": "Hello?"}, {"from": "gpt", "value": "Hello."}]}""");
        Assert.Empty(text.Media);
        Assert.Equal("Be kind.", text.System);

        var video = Read("""{"video": "v.mp4", "conversations": [{"from": "human", "value": "<video>"}, {"from": "gpt", "value": "Rain."}]}""");
        Assert.Equal((TrainingMediaKind.Video, ""), (video.Media.Single().Kind, video.Turns[0].Question));
    }

    [Fact]
    public void Tarsier_v1_prompts()
    {
        var sample = Read(Tarsier1);
        Assert.Equal(new TrainingTurn("Describe the video in detail.", "A gull lands."), sample.Turns.Single());
        Assert.Equal((TrainingMediaKind.Video, 1.5, 4.0), (sample.Media[0].Kind, sample.Media[0].Start!.Value, sample.Media[0].End!.Value));

        var choice = Read("""{"text": {"prompt": "USER: <video> why?\n(A) a\n(B) b\nASSISTANT: Answer: (", "response": "B"}, "video_file": ["f/1.jpg", "f/2.jpg"]}""");
        Assert.Equal(new TrainingTurn("why?\n(A) a\n(B) b", "Answer: (B"), choice.Turns.Single());
        Assert.Equal((TrainingMediaKind.Frames, 2), (choice.Media[0].Kind, choice.Media[0].Paths.Count));

        var open = Read("""{"text": {"prompt": "USER: <video>\nQuestion: what?\nASSISTANT:\nAnswer: In the video,", "response": ["milk", "water"]}, "video_file": "a.avi"}""");
        Assert.Equal(new TrainingTurn("Question: what?", "Answer: In the video, milk"), open.Turns.Single());

        var pair = Read("""{"text": {"prompt": "<video>", "chosen": "Good.", "rejected": "Bad."}, "video_file": "a.avi"}""");
        Assert.Equal((new TrainingTurn("", "Good."), "Bad."), (pair.Turns.Single(), pair.Rejected));
    }

    [Fact]
    public void Tarsier_v2_messages()
    {
        var sample = Read(Tarsier2);
        Assert.Equal(new TrainingTurn("Which way?", " Answer: (B"), sample.Turns.Single());
        Assert.Equal(TrainingMediaKind.Video, sample.Media.Single().Kind);
        Assert.Null(sample.Rejected);

        var pair = Read(Pair);
        Assert.Equal((new TrainingTurn("What is it?", "A gull."), "A dog.", "Be brief."), (pair.Turns.Single(), pair.Rejected, pair.System));
        Assert.Equal(TrainingMediaKind.Picture, pair.Media.Single().Kind);

        var turns = Read("""{"messages": [{"role": "user", "content": [{"type": "video", "video": {"image_file": ["1.png", "2.png"]}}, {"type": "text", "text": "One?"}]}, {"role": "assistant", "content": [{"type": "text", "text": "1.", "reference": "unused"}]}, {"role": "user", "content": [{"type": "text", "text": "Two?"}]}, {"role": "assistant", "content": {"type": "text", "text": "2."}}]}""");
        Assert.Equal([new TrainingTurn("One?", "1."), new TrainingTurn("Two?", "2.")], turns.Turns);
        Assert.Equal(TrainingMediaKind.Frames, turns.Media.Single().Kind);
    }

    [Fact]
    public void Pllava_questions()
    {
        var sample = Read(Pllava);
        Assert.Equal("Reply briefly.", sample.System);
        Assert.Equal([new TrainingTurn("What first?", "He rinses."), new TrainingTurn("", "Beside the stove.")], sample.Turns);
        Assert.Equal((3.0, 11.5), (sample.Media[0].Start!.Value, sample.Media[0].End!.Value));
    }

    [Fact]
    public void ShareGpt4Video_captions()
    {
        var sample = Read(Captions);
        Assert.Equal(new TrainingTurn("", "At dusk a gull lands."), sample.Turns.Single());
        Assert.Equal(directory.File("pexels/d.mp4"), sample.Media[0].Paths[0]);
        Assert.Equal("W", Read("""{"video_path": "a.mp4", "captions": [{"idx": -1, "content": "W"}]}""").Turns[0].Answer);

        var export = Read("""{"path": "b/a.mp4", "frame_idx": "65:130", "fps": 26, "cap": ["Dusk.", "Night."]}""");
        Assert.Equal((new TrainingTurn("", "Dusk."), 2.5, 5.0), (export.Turns.Single(), export.Media[0].Start!.Value, export.Media[0].End!.Value));
        Assert.Null(Read("""{"path": "a.mp4", "cap": "Dusk."}""").Media[0].End);
    }

    [Fact]
    public void Plain_records()
    {
        var sample = Read(Plain);
        Assert.Equal((new TrainingTurn("What runs?", "A dog runs."), "A cat sits."), (sample.Turns.Single(), sample.Rejected));
        Assert.Equal((0.0, 2.5), (sample.Media[0].Start!.Value, sample.Media[0].End!.Value));
        Assert.Equal(TrainingMediaKind.Frames, Read("""{"frames": ["1.png", "2.png"], "text": "T"}""").Media[0].Kind);
        Assert.Equal(TrainingMediaKind.Video, Read("""{"frames": "folder", "text": "T"}""").Media[0].Kind);
        Assert.Equal(TrainingMediaKind.Picture, Read("""{"image": "1.png", "text": "T"}""").Media[0].Kind);
        Assert.Empty(Read("""{"question": "Hello?", "text": "T"}""").Media);
    }

    [Theory]
    [InlineData(Llava, "conversations", "[]", "expected a list of questions and answers")]
    [InlineData(Llava, "conversations.1.from", "\"human\"", "conversations[1].from is")]
    [InlineData(Llava, "conversations.3", null, "ends with a question")]
    [InlineData(Llava, "conversations.1.value", "\" \"", "not empty")]
    [InlineData(Llava, "conversations.1.value", "7", "conversations[1].value is \"7\"; expected a text")]
    [InlineData(Llava, "image", "null", "mark <image> but it names no picture")]
    [InlineData(Llava, "image", "[]", "image is \"[]\"; expected a path")]
    [InlineData(Tarsier1, "video_file", "\"<placeholder>\"", "the path of a file")]
    [InlineData(Tarsier1, "text.response", "null", "text.response is missing")]
    [InlineData(Tarsier1, "end_time", "1", "expected a number above start_time (1.5)")]
    [InlineData(Tarsier1, "start_time", "-1", "a number of seconds")]
    [InlineData(Tarsier2, "messages.1.content.1.reference", "null", null)]
    [InlineData(Tarsier2, "messages.1", null, "ends with a question")]
    [InlineData(Tarsier2, "messages.0.role", "\"tool\"", "user and assistant in turn")]
    [InlineData(Tarsier2, "messages.0.content.0.type", "\"audio\"", "expected text, image or video")]
    [InlineData(Tarsier2, "messages.0.content.0.video.frame_indices", "[1, 2]", "frames are chosen uniformly")]
    [InlineData(Pair, "messages.3.content.0.chosen", "null", "an answer in messages is empty")]
    [InlineData(Pllava, "video", "\"None\"", "the path of a file")]
    [InlineData(Pllava, "video", null, "names no video and no image")]
    [InlineData(Pllava, "QA.0.a", null, "QA[0].a is missing")]
    [InlineData(Captions, "captions.1.idx", "\"2\"", "none of the whole video")]
    [InlineData(Captions, "video_path", "\"a\\u0000b\"", "the path of a file")]
    [InlineData(Plain, "text", "\"\"", "not empty")]
    [InlineData(Plain, "end", "\"2\"", "a number of seconds")]
    public void What_is_wrong_with_a_record_is_named(string record, string key, string? value, string? reason)
    {
        var json = JsonNode.Parse(record)!;
        var parts = key.Split('.');
        var parent = parts[..^1].Aggregate(json, (node, part) => int.TryParse(part, out var index) ? node[index]! : node[part]!);
        if (parent is JsonArray list)
        {
            list.RemoveAt(int.Parse(parts[^1]));
        }
        else if (value is null)
        {
            ((JsonObject)parent).Remove(parts[^1]);
        }
        else
        {
            parent[parts[^1]] = JsonNode.Parse(value);
        }

        using var file = TrainingFile.Open(directory.Write("a", record.ReplaceLineEndings(" ") + "\n" + json.ToJsonString()));
        if (reason is null)
        {
            Assert.Equal(" Answer: (", file.Read(1).Turns[0].Answer);
            return;
        }

        var error = Assert.Throws<TrainingDataException>(() => file.Read(1));
        Assert.StartsWith($"{file.Path}: record 2 (line 2): ", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Equal(1, error.Record!.Value.Record);
    }

    private TrainingSample Read(string record)
    {
        using var file = TrainingFile.Open(directory.Write("a", record));
        return file.Read(0);
    }
}
