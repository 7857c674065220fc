namespace Kinora.Training.Conversations;

/// <summary>How PLLaVA's training writes a conversation.</summary>
/// <param name="UserRole">What stands before a question; a text that holds it is cut there, as in the published code.</param>
/// <param name="AssistantRole">What stands before an answer.</param>
/// <param name="UserEnd">What ends an instruction and a turn of pictures alone.</param>
/// <param name="AssistantEnd">What ends a question and an answer. That it ends questions too is as published.</param>
/// <param name="System">Stands before everything; if it isn't empty, it ends in a blank.</param>
/// <param name="MediaAlone">Whether the pictures have a turn of their own.</param>
public sealed record PllavaTemplate(string UserRole, string AssistantRole, string UserEnd, string AssistantEnd, string System = "", bool MediaAlone = false)
{
    /// <summary>That of the 7B and 13B models.</summary>
    public static PllavaTemplate Vicuna { get; } = new("USER:", "ASSISTANT:", " ", "</s>");

    /// <summary>That of the 34B model.</summary>
    public static PllavaTemplate ChatMl { get; } = new("<|im_start|>user\n", "<|im_start|>assistant\n", "<|im_end|>\n", "<|im_end|>\n");
}
