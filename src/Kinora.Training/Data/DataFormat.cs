namespace Kinora.Training.Data;

/// <summary>How the records of a data file are written. Every format is read from a JSON array and from JSON lines.</summary>
public enum DataFormat
{
    /// <summary>LLaVA's conversations: <c>image</c> or <c>video</c>, <c>conversations</c> of <c>from</c> and <c>value</c>.</summary>
    Llava,

    /// <summary>Both of Tarsier's: v1 with <c>text</c> {<c>prompt</c>, <c>response</c>} and <c>video_file</c>, v2 with <c>messages</c>.</summary>
    Tarsier,

    /// <summary>PLLaVA's, which are VideoChat2's: <c>video</c> or <c>image</c>, <c>QA</c> of <c>i</c>, <c>q</c> and <c>a</c>.</summary>
    Pllava,

    /// <summary>ShareGPT4Video's captions: <c>video_path</c> and <c>captions</c>, or <c>path</c> and <c>cap</c>.</summary>
    ShareGpt4Video,

    /// <summary>Plain records: <c>video</c>, <c>image</c> or <c>frames</c>, and <c>text</c>.</summary>
    Jsonl,
}
