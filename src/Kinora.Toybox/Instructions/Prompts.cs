namespace Kinora.Toybox.Instructions;

/// <summary>The questions that models of the world are trained with; of each kind the first is the usual one.</summary>
public static class Prompts
{
    /// <summary>Asks for a description.</summary>
    public static IReadOnlyList<string> Description { get; } = ["Describe the video in detail.", "Describe the video.", "What happens in the video?"];

    /// <summary>Asks for a caption.</summary>
    public static IReadOnlyList<string> Caption { get; } = ["Give a short caption.", "Write a short caption for the video."];

    /// <summary>Asks for one sentence.</summary>
    public static IReadOnlyList<string> OneSentence { get; } = ["Describe the video in one sentence.", "Summarize the video in one sentence."];

    /// <summary>Asks for the events without toys and place.</summary>
    public static IReadOnlyList<string> Events { get; } = ["Describe only the events.", "Tell only what happens."];

    /// <summary>Asks for a list.</summary>
    public static IReadOnlyList<string> List { get; } = ["List the events.", "List what happens in the video."];

    /// <summary>Asks for a list with the frames of each event.</summary>
    public static IReadOnlyList<string> TimedList { get; } = ["List the events with their frames.", "List the events and the frames in which they happen."];

    /// <summary>Asks for what a picture shows.</summary>
    public static IReadOnlyList<string> Still { get; } = ["Describe the image in detail.", "Describe the image.", "What is in the image?"];

    /// <summary>Asks for what changed.</summary>
    public static IReadOnlyList<string> Difference { get; } = ["What changed between the two pictures?", "What is different in the second picture?"];
}
