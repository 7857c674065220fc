using Kinora.Models.Checkpoints;

namespace Kinora.Models.Tests.Checkpoints;

public sealed class ConfigReaderTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public void Values_are_read_by_path_with_defaults()
    {
        var config = Read("""{"text_config":{"hidden_size":64,"eps":1e-5,"tie":true,"act":"silu","none":null},"eos":2,"eoses":[2,7]}""");
        Assert.Equal(64, config.Int("text_config.hidden_size"));
        Assert.Equal(64.0, config.Double("text_config.hidden_size"));
        Assert.Equal(1e-5, config.Double("text_config.eps"));
        Assert.True(config.Bool("text_config.tie"));
        Assert.Equal("silu", config.String("text_config.act"));
        Assert.Equal(9, config.Int("text_config.none", 9));
        Assert.Equal(9, config.Int("absent.too", 9));
        Assert.Equal("x", config.String("absent", "x"));
        Assert.False(config.Bool("absent", false));
        Assert.Equal([2], config.Ints("eos"));
        Assert.Equal([2, 7], config.Ints("eoses"));
        Assert.Empty(config.Ints("absent"));
        Assert.Equal(64, config.Section("text_config").Int("hidden_size"));
        Assert.False(config.Section("absent").Has("anything"));
        Assert.True(config.Has("eos"));
    }

    [Fact]
    public void Errors_name_file_key_value_and_expectation()
    {
        var config = Read("""{"a":{"n":1.5,"t":"\ud800"},"s":"x","big":99999999999,"l":[1,"2"],"neg":-1}""");
        Check(() => config.Int("a.n"), "a.n is 1.5; expected a whole number");
        Check(() => config.Int("big"), "big is 99999999999; expected a whole number");
        Check(() => config.Int("neg", null, 0), "neg is -1; expected a whole number of at least 0");
        Check(() => config.Int("neg", null, 0, 5), "neg is -1; expected a whole number from 0 to 5");
        Check(() => config.Int("absent"), "the key absent is missing; expected a whole number");
        Check(() => config.Int("s.x"), "expected an object");
        Check(() => config.Double("s"), "expected a number");
        Check(() => config.Double("neg", null, 0, 1), "expected a number from 0 to 1");
        Check(() => config.Bool("s"), "expected true or false");
        Check(() => config.String("big"), "expected a text");
        Check(() => config.String("a.t"), "whole characters");
        Check(() => config.Ints("l"), "l is \"2\"; expected a whole number".Replace("\"2\"", "\"\"2\"\"", StringComparison.Ordinal));
        Check(() => config.Section("s"), "expected an object");
        Check(() => config.Section("a").Int("n"), "a.n is 1.5");
        Assert.Contains("s is", config.Unusable("s", "gelu or silu").Message);

        void Check(Action read, string expected)
        {
            var error = Assert.Throws<CheckpointException>(read);
            Assert.Contains(expected, error.Message);
            Assert.StartsWith(directory.File("config.json"), error.Message);
        }
    }

    [Fact]
    public void What_the_file_holds_is_not_poured_into_the_message()
    {
        // The JSON reader quotes all that follows a word like null or true that is cut.
        var message = Assert.Throws<CheckpointException>(() => Read("{\"a\": nul\u0007\u001b[31m" + new string('x', 100_000) + "}")).Message;
        Assert.Contains("line 1, byte", message);
        Assert.DoesNotContain("xxx", message);
        Assert.DoesNotContain(message, char.IsControl);
        message = Assert.Throws<CheckpointException>(() => Read("{\"n\": " + new string('9', 1_000_000) + "}").Int("n")).Message;
        Assert.True(message.Length < 1000);
    }

    [Fact]
    public void Deep_large_or_broken_files_are_refused()
    {
        Assert.Contains("no valid JSON", Refusal(new string('[', 100_000)));
        Assert.Contains("no valid JSON", Refusal("{\"a\":" + string.Concat(Enumerable.Repeat("{\"a\":", 70)) + "1" + new string('}', 71)));
        Assert.Contains("at most", Refusal(new string(' ', (16 << 20) + 1)));
        Assert.Contains("object was expected", Refusal("3"));
        Assert.Contains("no valid JSON", Refusal("""{"a":1,"a":2}"""));
        Assert.Contains("can't be read", Assert.Throws<CheckpointException>(() => ConfigReader.Load(directory.File("absent"))).Message);

        string Refusal(string text) => Assert.Throws<CheckpointException>(() => Read(text)).Message;
    }

    private ConfigReader Read(string json) => ConfigReader.Load(directory.Write("config.json", json));
}
