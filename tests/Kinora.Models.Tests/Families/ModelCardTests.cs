using Kinora.Models.Checkpoints;
using Kinora.Models.Families;

namespace Kinora.Models.Tests.Families;

/// <summary>kinora.json, whose texts are printed.</summary>
public sealed class ModelCardTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData("name", "1")]
    [InlineData("width", "-1")]
    [InlineData("height", "0")]
    [InlineData("rate", "1e308")]
    [InlineData("rate", "-2")]
    public void A_value_that_can_not_be_is_named(string key, string value)
    {
        var card = System.Text.Json.Nodes.JsonNode.Parse(Sound())!;
        card[key] = System.Text.Json.Nodes.JsonNode.Parse(value);
        Assert.Contains($"{key} is {value}", Refusal(card.ToJsonString()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_that_would_fill_the_screen_is_refused()
    {
        var message = Refusal(Sound().Replace("rendered", new string('x', 10_000_000), StringComparison.Ordinal));
        Assert.Contains("at most 300 characters", message, StringComparison.Ordinal);
        Assert.True(message.Length < 1000);
    }

    [Fact]
    [Trait(Fuzz.Trait, "kinora.json")]
    public void Mutants_of_a_card_are_read_or_fail_with_the_typed_error()
    {
        var sound = Sound();
        Fuzz.Run("kinora.json", 1000, random =>
        {
            directory.Write("kinora.json", Fuzz.Damage(sound, random));
            ModelCard.Find(directory.Path);
        }, error => error is CheckpointException);
    }

    private static string Sound() => File.ReadAllText(Path.Combine(ToyboxModel.Directory, "kinora.json"));

    private string Refusal(string json)
    {
        directory.Write("kinora.json", json);
        return Assert.Throws<CheckpointException>(() => ModelCard.Find(directory.Path)).Message;
    }
}
