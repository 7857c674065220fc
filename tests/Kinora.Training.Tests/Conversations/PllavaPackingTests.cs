using System.Text.Json.Nodes;
using Kinora.Training.Conversations;
using Kinora.Training.Data;

namespace Kinora.Training.Tests.Conversations;

public class PllavaPackingTests
{
    private static string Labels => Fixture.At("training", "labels", "labels.json");

    [Fact]
    public void Every_recorded_case_agrees()
    {
        var results = PllavaLabelCases.Run(Labels);
        Assert.Equal(8, results.Count);
        Assert.All(results, result => Assert.Null(result.Difference));
        Assert.All(results, result => Assert.True(result.Passed && result.Compared > 50));
    }

    [Theory]
    [InlineData("conversation", "conversation[0] is")]
    [InlineData("segments", "segments[1] is")]
    [InlineData("input_ids", "input_ids[1] is \"273\", expected \"5\"")]
    [InlineData("labels", "labels[1] is \"-100\", expected \"5\"")]
    [InlineData("real_tokens", "real_tokens[0] is \"38\", expected \"5\"")]
    public void The_first_difference_is_told(string key, string expected)
    {
        using var directory = new TemporaryDirectory();
        Directory.CreateDirectory(directory.File("labels/tokenizer"));
        foreach (var file in Directory.GetFiles(Fixture.At("training", "labels", "tokenizer")))
        {
            File.Copy(file, directory.File("labels/tokenizer/" + Path.GetFileName(file)));
        }

        var json = JsonNode.Parse(File.ReadAllText(Labels))!;
        var first = json["cases"]![0]!;
        if (first[key] is JsonArray list)
        {
            list[1] = key == "segments" ? "x" : 5;
        }
        else
        {
            first[key] = key == "conversation" ? "x" : 5;
        }

        var results = PllavaLabelCases.Run(directory.Write("labels/labels.json", json.ToJsonString()));
        Assert.False(results[0].Passed);
        Assert.StartsWith(expected, results[0].Difference, StringComparison.Ordinal);
        Assert.All(results.Skip(1), result => Assert.True(result.Passed));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"tokenizer\": \"labels/tokenizer\", \"cases\": [{\"roles\": []}]}")]
    [InlineData("nothing")]
    public void A_file_of_another_kind_is_refused(string content)
    {
        using var directory = new TemporaryDirectory();
        Directory.CreateDirectory(directory.File("labels"));
        Directory.CreateSymbolicLink(directory.File("labels/tokenizer"), Fixture.At("training", "labels", "tokenizer"));
        Assert.Contains("is no file of label cases", Assert.Throws<TrainingDataException>(() => PllavaLabelCases.Run(directory.Write("labels/labels.json", content))).Message, StringComparison.Ordinal);
        Assert.Contains("can't be read", Assert.Throws<TrainingDataException>(() => PllavaLabelCases.Run(directory.File("none.json"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait(Fuzz.Trait, "label cases")]
    public void Damaged_label_cases_give_results_or_clean_errors()
    {
        using var directory = new TemporaryDirectory();
        Directory.CreateDirectory(directory.File("labels"));
        Directory.CreateSymbolicLink(directory.File("labels/tokenizer"), Fixture.At("training", "labels", "tokenizer"));
        var sound = File.ReadAllText(Labels);
        Fuzz.Run("labels.json", 200, random =>
        {
            directory.Write("labels/labels.json", Fuzz.Damage(sound, random));
            Assert.NotNull(PllavaLabelCases.Run(directory.File("labels/labels.json")));
        }, error => error is TrainingDataException or Kinora.Models.Tokenization.TokenizerException);
    }

    [Fact]
    public void A_later_empty_question_has_no_turn_and_pictures_have_their_own_marks()
    {
        var text = PllavaPacking.Conversation(PllavaTemplate.Vicuna, null, [new("", "One."), new("", "Two.")], video: false);
        Assert.Equal("USER:<Image></Image>\n</s>ASSISTANT:One.</s>ASSISTANT:Two.</s>", text);
        Assert.Equal(["", "USER:", "<image>\n</s>", "ASSISTANT:", "One.</s>", "ASSISTANT:", "Two.</s>"], PllavaPacking.Segments(PllavaTemplate.Vicuna, text).Select(segment => segment.Text));
        Assert.Equal([false, false, false, false, true, false, true], PllavaPacking.Segments(PllavaTemplate.Vicuna, text).Select(segment => segment.IsLearned));
    }
}
