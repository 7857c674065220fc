using System.Text.Json;

namespace Kinora.Cli.Tests.Commands;

/// <summary>Pictures, folders of pictures, animations, and videos of unusual shape.</summary>
public sealed class InputKindTests
{
    [Fact]
    public void A_picture_is_described_as_a_picture()
    {
        var json = Describe(Repository.Image("square_336x336.png"));
        Assert.Equal(("picture", "Describe the image in detail."), (json.GetProperty("media").GetProperty("kind").GetString(), json.GetProperty("prompt").GetString()));
        Assert.Equal(JsonValueKind.Null, json.GetProperty("end").ValueKind);
        Assert.Equal(1, json.GetProperty("frames").GetArrayLength());
    }

    [Fact]
    public void A_folder_of_pictures_is_read_in_natural_order()
    {
        using var folder = new TemporaryDirectory();
        folder.Copy(Repository.Image("tiny_2x2.png"), "img10.png");
        folder.Copy(Repository.Image("odd_61x45.png"), "img2.png");
        folder.Copy(Repository.Image("tall_90x160.png"), "img1.png");
        folder.Write("notes.txt", "not a picture");
        using var frames = JsonDocument.Parse(KinoraProcess.Run("frames", folder.Path, "--json").Expect(0).Out);
        Assert.Equal([90, 61, 2], frames.RootElement.EnumerateArray().Select(frame => frame.GetProperty("width").GetInt32()));
        Assert.Equal("picturesequence", Describe(folder.Path).GetProperty("media").GetProperty("kind").GetString());
    }

    [Fact]
    public void An_animation_has_times()
    {
        var json = Describe(Repository.Video("animated.gif"));
        Assert.Equal(("animation", "Describe the video in detail."), (json.GetProperty("media").GetProperty("kind").GetString(), json.GetProperty("prompt").GetString()));
        Assert.True(json.GetProperty("end").GetDouble() > json.GetProperty("frames")[7].GetProperty("time").GetDouble());
    }

    [Theory]
    [InlineData("single_frame.mp4")]
    [InlineData("two_frames.mp4")]
    [InlineData("odd_444.mp4")]
    [InlineData("odd_420.webm")]
    [InlineData("rotated_90.mp4")]
    [InlineData("no_duration.webm")]
    [InlineData("cover.mp4")]
    public void Unusual_videos_are_described(string name)
        => Assert.Equal("video", Describe(Repository.Video(name)).GetProperty("media").GetProperty("kind").GetString());

    [Fact]
    public void Of_a_damaged_video_what_can_be_decoded_is_used_and_that_is_said()
        => Assert.Contains("truncated_index_first.mp4 is damaged", KinoraProcess.Run("describe", Repository.Video("truncated_index_first.mp4"), "--max-tokens", "2").Expect(0).Err, StringComparison.Ordinal);

    private static JsonElement Describe(string input)
    {
        using var json = JsonDocument.Parse(KinoraProcess.Run("describe", input, "--max-tokens", "3", "--json").Expect(0).Out);
        return json.RootElement.Clone();
    }
}
