using System.Text.Json;

namespace Kinora.Cli.Tests.Commands;

/// <summary><c>kinora tokenize</c>.</summary>
public sealed class TokenizeTests
{
    private const int Image = 701;

    [Fact]
    public void Table_shows_ids_and_tokens()
    {
        var lines = KinoraProcess.Run("tokenize", "USER: <image>", "--model", Repository.Model).Expect(0).Out.Split('\n');
        Assert.Equal("id   token", lines[0]);
        Assert.Equal("1    <s>", lines[1]);
        Assert.Equal($"{Image}  <image>", lines[^2]);
    }

    [Fact]
    public void Json_holds_ids_and_tokens_as_they_are()
    {
        var outcome = KinoraProcess.Run("tokenize", "USER: <image>", "--model", Repository.Model, "--json").Expect(0);
        Assert.Contains("\"<image>\"", outcome.Out, StringComparison.Ordinal);
        Assert.Contains(Image, Ids(outcome));
    }

    [Fact]
    public void Typed_text_never_holds_a_placeholder()
        => Assert.DoesNotContain(Image, Ids(KinoraProcess.Run("tokenize", "USER: <image>", "--model", Repository.Model, "--typed", "--json").Expect(0)));

    [Fact]
    public void Plain_text_has_no_mark_in_front()
        => Assert.Equal(Ids(KinoraProcess.Run("tokenize", "a ball", "--json"))[1..], Ids(KinoraProcess.Run("tokenize", "a ball", "--plain", "--json")));

    [Fact]
    public void Stdin_is_read_without_a_text()
        => Assert.Equal(Ids(KinoraProcess.Run("tokenize", "a ball\nand <image>", "--json")), Ids(KinoraProcess.RunWith("a ball\nand <image>", null, "tokenize", "--json")));

    [Fact]
    public void Ids_become_the_text_again()
    {
        const string Text = "A small orange boat, <image> and \u00e9\u4e2d\U0001F600.";
        var ids = string.Join(", ", Ids(KinoraProcess.Run("tokenize", Text, "--plain", "--json")));
        Assert.Equal(Text + "\n", KinoraProcess.Run("tokenize", "--decode", $"[{ids}]").Expect(0).Out);
        Assert.Equal(Text + "\n", KinoraProcess.RunWith(ids + "\n", null, "tokenize", "--decode").Expect(0).Out);
    }

    [Theory]
    [InlineData("1 x", "'x'")]
    [InlineData("1 99999", "'99999'")]
    [InlineData("-5", "'-5'")]
    [InlineData("1.5", "'1.5'")]
    [InlineData("99999999999", "'99999999999'")]
    public void Bad_ids_are_told(string ids, string named) => KinoraProcess.Run("tokenize", "--model", Repository.Model, "--decode", ids).ExpectError(2, named, "no token id", "0 to 701");

    [Fact]
    public void Decoded_text_never_steers_the_terminal()
    {
        var escape = string.Join(' ', Ids(KinoraProcess.Run("tokenize", "\u001b[31mred", "--plain", "--json")));
        Assert.DoesNotContain('\u001b', KinoraProcess.Run("tokenize", "--decode", escape).Expect(0).Out);
        Assert.DoesNotContain('\u001b', KinoraProcess.Run("tokenize", "\u001b[31mred").Expect(0).Out);
    }

    private static int[] Ids(Outcome outcome)
    {
        using var json = JsonDocument.Parse(outcome.Expect(0).Out);
        var ids = json.RootElement.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()).ToArray();
        Assert.Equal(ids.Length, json.RootElement.GetProperty("tokens").GetArrayLength());
        return ids;
    }
}
