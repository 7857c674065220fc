using System.Text;
using System.Text.Json;
using Kinora.Training.Data;
using Kinora.Training.Data.Records;

namespace Kinora.Training.Tests.Data;

public sealed class TrainingFileTests : IDisposable
{
    private const string Plain = """{"video": "a.mp4", "text": "A dog runs."}""";

    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public void Places_of_records_do_not_depend_on_the_blocks_in_which_a_file_is_read()
    {
        string[] records = ["{\"a\": \"]},{[\\\"é\"}", "-1.5e3", "{\n\"b\": [1, {\"c\": null}]}", "\"x\\\\\"", "[[],\n{}]", "true"];
        var array = Encoding.UTF8.GetBytes($" [ {string.Join("\n , ", records)}\n] ");
        var lines = Encoding.UTF8.GetBytes($"\n \r\n{string.Join("\r\n\t\n", records.Select(record => record.ReplaceLineEndings(" ")))}");
        for (var block = 1; block < 200; block++)
        {
            var inArray = ArrayIndex.Read(new MemoryStream(array), block, 1000, default);
            var inLines = LineIndex.Read(new MemoryStream(lines), block, default);
            Assert.Equal(records, inArray.Select(place => Text(array, place)));
            Assert.Equal(records.Select(record => record.ReplaceLineEndings(" ")), inLines.Select(place => Text(lines, place).TrimEnd('\r')));
            Assert.Equal([1, 2, 3, 5, 6, 8], inArray.Select(place => place.Line));
            Assert.Equal([3, 5, 7, 9, 11, 13], inLines.Select(place => place.Line));
        }

        static string Text(byte[] file, RecordPlace place) => Encoding.UTF8.GetString(file, (int)place.Start, place.Length);
    }

    [Fact]
    public void An_array_and_lines_hold_the_same_records()
    {
        // Longer than a block of the reader.
        var records = Enumerable.Range(0, 3000).Select(i => JsonSerializer.Serialize(new { video = $"{i}.mp4", text = $"Text {i} {new string('x', i % 97)} }}]{{[\\\"é", extra = new object[] { i, new { deep = new[] { 1.5, -2 } } } })).ToList();
        using var lines = TrainingFile.Open(directory.Write("a.jsonl", string.Join("\r\n\n", records) + "\n"));
        using var array = TrainingFile.Open(directory.Write("a.json", "\uFEFF [\n" + string.Join(",\n ", records) + "]\n"));
        Assert.Equal(records.Count, lines.Count);
        Assert.Equal(records.Count, array.Count);
        Assert.Equal((DataFormat.Jsonl, DataFormat.Jsonl), (lines.Format, array.Format));
        for (var i = 0; i < records.Count; i++)
        {
            var (one, other) = (lines.Read(i), array.Read(i));
            Assert.Equal(directory.File($"{i}.mp4"), one.Media[0].Paths[0]);
            Assert.Equal(one.Media[0].Paths, other.Media[0].Paths);
            Assert.StartsWith($"Text {i} ", one.Turns[0].Answer, StringComparison.Ordinal);
            Assert.Equal(one.Turns, other.Turns);
            Assert.Equal((i, (2 * i) + 1), (one.Source.Record, one.Source.Line));
            Assert.Equal((i, i + 2), (other.Source.Record, other.Source.Line));
        }
    }

    [Fact]
    public void A_broken_record_is_an_error_of_that_record_only()
    {
        using var file = TrainingFile.Open(directory.Write("a.jsonl", $"{{\"video\": \n\n{Plain}\n7\n{Plain}\n"));
        Assert.Equal(4, file.Count);
        var error = Assert.Throws<TrainingDataException>(() => file.Read(0));
        Assert.Contains($"{file.Path}: record 1 (line 1): it is no valid JSON", error.Message, StringComparison.Ordinal);
        Assert.Contains("record 3 (line 4): it is \"7\"; expected an object", Assert.Throws<TrainingDataException>(() => file.Read(2)).Message, StringComparison.Ordinal);
        Assert.Equal("A dog runs.", file.Read(1).Turns[0].Answer);
        Assert.Equal("A dog runs.", file.Read(3).Turns[0].Answer);
    }

    [Fact]
    public void Entries_of_an_array_that_are_no_objects_are_records_too()
    {
        using var file = TrainingFile.Open(directory.Write("a.json", $"[7, \"x\", null, [1, [2]], {Plain}, {{}}, {new string('[', 100)}{new string(']', 100)}]"));
        Assert.Equal(7, file.Count);
        Assert.Equal("A dog runs.", file.Read(4).Turns[0].Answer);
        foreach (var index in new[] { 0, 1, 2, 3, 5, 6 })
        {
            Assert.Throws<TrainingDataException>(() => file.Read(index));
        }
    }

    [Theory]
    [InlineData("", "holds no record")]
    [InlineData(" \n\n", "holds no record")]
    [InlineData("[]", "holds no record")]
    [InlineData("[" + Plain, "is a broken JSON array (line 1")]
    [InlineData("[" + Plain + ",\n{\"a\": }]", "is a broken JSON array (line 2")]
    [InlineData("[" + Plain + "] 7", "is a broken JSON array")]
    [InlineData("{\"videos\": 1}", "no record of a known format; expected llava, tarsier, pllava, sharegpt4video, jsonl")]
    [InlineData("video,text\na.mp4,A dog runs.", "no record of a known format")]
    public void A_file_without_a_record_is_refused(string content, string reason)
    {
        var path = directory.Write("a.json", content);
        var error = Assert.Throws<TrainingDataException>(() => TrainingFile.Open(path));
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_files_folders_and_pipes_are_refused()
    {
        foreach (var path in new[] { directory.File("none.json"), directory.Path, "/dev/zero" })
        {
            Assert.Contains("can't be read", Assert.Throws<TrainingDataException>(() => TrainingFile.Open(path)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_line_without_end_is_refused_before_it_is_read()
    {
        using var file = TrainingFile.Open(directory.Write("a.jsonl", $"{Plain}\n{{\"video\": \"{new string('x', 5 << 20)}\"}}\n"));
        Assert.Contains("a record has at most", Assert.Throws<TrainingDataException>(() => file.Read(1)).Message, StringComparison.Ordinal);
        var array = directory.Write("a.json", $"[{Plain}, \"{new string('x', 12 << 20)}\"]");
        Assert.Contains("a text of more than", Assert.Throws<TrainingDataException>(() => TrainingFile.Open(array)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_was_shortened_meanwhile_is_noticed()
    {
        var path = directory.Write("a.jsonl", $"{Plain}\n{Plain}\n");
        using var file = TrainingFile.Open(path);
        using (var writer = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            writer.SetLength(Plain.Length + 5);
        }

        Assert.Equal("A dog runs.", file.Read(0).Turns[0].Answer);
        Assert.Contains("shortened", Assert.Throws<TrainingDataException>(() => file.Read(1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Relative_paths_start_at_the_media_folder_and_absolute_ones_stay()
    {
        var path = directory.Write("a.jsonl", Plain + "\n{\"video\": \"/v/b.mp4\", \"text\": \"B\"}");
        using var own = TrainingFile.Open(path);
        using var other = TrainingFile.Open(path, "/media");
        Assert.Equal(directory.File("a.mp4"), own.Read(0).Media[0].Paths[0]);
        Assert.Equal("/media/a.mp4", other.Read(0).Media[0].Paths[0]);
        Assert.Equal("/v/b.mp4", other.Read(1).Media[0].Paths[0]);
    }

    [Theory]
    [MemberData(nameof(FormatTests.Sound), MemberType = typeof(FormatTests))]
    [Trait(Fuzz.Trait, "training data")]
    public void Damaged_files_give_records_or_clean_errors(string format, string record)
    {
        var path = directory.File("a.json");
        Fuzz.Run($"{format} data", 600, random =>
        {
            var array = random.Next(2) == 0;
            var damaged = Encoding.UTF8.GetString(Fuzz.Damage(record, random));
            var content = array ? $"[{record},\n{damaged}]" : $"{record}\n{damaged}\n{record}";
            File.WriteAllBytes(path, random.Next(8) == 0 ? Mutation.Of(Encoding.UTF8.GetBytes(content), random) : Encoding.UTF8.GetBytes(content));
            using var file = TrainingFile.Open(path);
            var (taken, refused) = (0, (TrainingDataException?)null);
            for (var i = 0; i < file.Count; i++)
            {
                try
                {
                    var sample = file.Read(i);
                    Assert.NotEmpty(sample.Turns);
                    Assert.All(sample.Turns, turn => Assert.False(string.IsNullOrWhiteSpace(turn.Answer)));
                    Assert.All(sample.Media, media => Assert.All(media.Paths, Assert.NotEmpty));
                    taken++;
                }
                catch (TrainingDataException error)
                {
                    refused = error;
                }
            }

            if (refused is not null)
            {
                throw refused;
            }

            Assert.Equal(file.Count, taken);
        }, error => error is TrainingDataException);
    }
}
