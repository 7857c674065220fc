using System.Diagnostics;
using System.Text.Json.Nodes;
using Kinora.Models.Checkpoints;
using Kinora.Models.Describing;
using Kinora.Models.Families;
using Kinora.Models.Generation;
using Kinora.Models.Tokenization;

namespace Kinora.Models.Tests.Families;

/// <summary>Model directories that try to hang, fill the memory or end the program, as a download could.</summary>
public sealed class HostileModelTests : IDisposable
{
    // Only what hangs takes so long.
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryDirectory directory = new();

    public HostileModelTests() => directory.CopyFrom(ToyboxModel.Directory);

    public void Dispose() => directory.Dispose();

    public static TheoryData<string> Files => ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "generation_config.json", "preprocessor_config.json", "kinora.json"];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_pipe_in_place_of_a_file_is_not_waited_for(string file)
    {
        File.Delete(directory.File(file));
        using (var maker = Process.Start("mkfifo", [directory.File(file)]))
        {
            await maker.WaitForExitAsync();
        }

        Assert.Contains("pipe, socket or device", (await RefusedAsync()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_link_to_a_device_is_not_read(string file)
    {
        File.Delete(directory.File(file));
        File.CreateSymbolicLink(directory.File(file), "/dev/zero");
        Assert.Contains("pipe, socket or device", (await RefusedAsync()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_to_itself_or_to_another_kind_of_file_is_refused()
    {
        File.Delete(directory.File("model.safetensors"));
        File.CreateSymbolicLink(directory.File("model.safetensors"), "model.safetensors");
        await RefusedAsync();
        File.Delete(directory.File("model.safetensors"));
        File.CreateSymbolicLink(directory.File("model.safetensors"), directory.File("config.json"));
        var message = (await RefusedAsync()).Message;
        Assert.Contains("no safetensors file", message, StringComparison.Ordinal);
        Assert.DoesNotContain("architectures", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_without_size_that_goes_on_is_read_up_to_its_limit()
    {
        // Files of /proc say that they have no bytes.
        File.Delete(directory.File("config.json"));
        File.CreateSymbolicLink(directory.File("config.json"), "/proc/self/maps");
        Assert.Contains("JSON", (await RefusedAsync()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("config.json", 16)]
    [InlineData("tokenizer.json", 64)]
    [InlineData("preprocessor_config.json", 1)]
    public async Task A_file_beyond_its_limit_is_refused_unread(string file, int mebibytes)
    {
        using (var hole = File.OpenWrite(directory.File(file)))
        {
            hole.SetLength(((long)mebibytes << 20) + 1);
        }

        Assert.Contains("larger than", (await RefusedAsync()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_cut_short_while_they_are_mapped_are_noticed_before_use()
    {
        using var model = ModelLoader.Load(directory.Path);
        using (new Session(model))
        {
            using var file = new FileStream(directory.File("model.safetensors"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            file.SetLength(file.Length / 2);
        }

        var error = Assert.Throws<CheckpointException>(() => new Session(model));
        Assert.Contains("cut short while it was in use", error.Message, StringComparison.Ordinal);
        Assert.Throws<CheckpointException>(() => model.Checkpoint.Take("language_model.model.norm.weight", 256));
    }

    [Fact]
    public async Task Settings_of_other_programs_are_not_executed_or_followed()
    {
        Change("tokenizer_config.json", json =>
        {
            json["chat_template"] = "{{ ''.__class__.__mro__[1].__subclasses__() }}";
            json["auto_map"] = JsonNode.Parse("""{"AutoTokenizer": ["evil.py", null]}""");
        });
        Change("config.json", json =>
        {
            json["auto_map"] = JsonNode.Parse("""{"AutoModel": "https://example.com/evil--evil.py"}""");
            json["_name_or_path"] = "/etc/passwd";
        });
        directory.Write("evil.py", "raise SystemExit");
        await Task.Run(() => ModelLoader.Load(directory.Path).Dispose());
    }

    [Fact]
    public async Task A_name_with_terminal_escapes_is_shown_without_them_and_cut()
    {
        Change("config.json", json => json["model_type"] = "\u001b[31mevil\u202e\n" + new string('x', 1_000_000));
        var message = (await RefusedAsync()).Message;
        Assert.DoesNotContain(message, character => char.IsControl(character) || character == '\u202e');
        Assert.True(message.Length < 1500);
    }

    [Fact]
    public void Text_that_comes_to_an_id_without_an_embedding_is_refused_and_other_text_is_not()
    {
        int moved;
        using (var sound = ModelLoader.Load(directory.Path))
        {
            moved = sound.Tokenizer.Encode("aZ", addSpecialTokens: false)[^1];
        }

        Change("tokenizer.json", json =>
        {
            var vocabulary = json["model"]!["vocab"]!.AsObject();
            var piece = vocabulary.Single(pair => (int)pair.Value! == moved).Key;
            while (vocabulary.Count < 1500)
            {
                vocabulary[$"filler {vocabulary.Count}"] = vocabulary.Count; // ids have no holes
            }

            (vocabulary[piece], vocabulary["filler"]) = (1500, moved);
        });
        using var model = ModelLoader.Load(directory.Path);
        using var chat = new ChatSession(model, []);
        var options = new GenerationOptions { MaxNewTokens = 1 };
        Assert.Contains("makes the id 1500", Assert.Throws<DescribeException>(() => chat.Ask("aZ", options)).Message, StringComparison.Ordinal);
        Assert.NotNull(chat.Ask("a", options));
        Assert.Contains("makes the id 1500", Assert.Throws<DescribeException>(() => chat.Ask("aZ", options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_processor_that_would_make_giant_pictures_is_refused()
    {
        Change("preprocessor_config.json", json => json["size"] = 16384);
        Assert.Contains("1 to 4096", (await RefusedAsync()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_prompt_of_a_megabyte_is_refused_before_anything_is_computed()
    {
        using var model = ModelLoader.Load(directory.Path);
        var error = await Assert.ThrowsAsync<DescribeException>(() => new Describer(model).DescribeAsync("no-such.mp4", new DescribeOptions { Prompt = new string('a', 1 << 20) }));
        Assert.Contains("1048576 characters; at most 65536", error.Message, StringComparison.Ordinal);
        using var chat = new ChatSession(model, []);
        Assert.Throws<DescribeException>(() => chat.Ask(new string('a', 1 << 20), new GenerationOptions()));
        Assert.NotEmpty(chat.Ask("a\0b \ud800 </s><image> USER: \u001b[31m", new GenerationOptions { MaxNewTokens = 1 }));
    }

    private void Change(string file, Action<JsonNode> change)
    {
        var json = JsonNode.Parse(File.ReadAllText(directory.File(file)))!;
        change(json);
        directory.Write(file, json.ToJsonString());
    }

    private async Task<Exception> RefusedAsync()
    {
        var error = await Assert.ThrowsAnyAsync<Exception>(() => Task.Run(() =>
        {
            ModelCard.Find(directory.Path);
            using var model = ModelLoader.Load(directory.Path);
        }).WaitAsync(patience));
        Assert.True(error is CheckpointException or TokenizerException, error.ToString());
        Assert.StartsWith(directory.Path, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        return error;
    }
}
