using System.Text.Json;
using Kinora.Models.Checkpoints;
using Kinora.Models.Conversations;
using Kinora.Models.Tokenization;

namespace Kinora.Models.Families;

/// <summary>How Qwen2-VL and its descendants write prompts: <c>&lt;|im_start|&gt;user\n...&lt;|im_end|&gt;\n&lt;|im_start|&gt;assistant\n</c>, each picture and video between two marks in its place.</summary>
/// <param name="system">What a conversation begins with if it has no system message of its own; null: nothing.</param>
/// <param name="image">The placeholder of a picture.</param>
/// <param name="video">The placeholder of a video.</param>
public sealed class ChatMlPrompt(string? system, string image, string video)
{
    /// <summary>What the published templates say first.</summary>
    public const string DefaultSystem = "You are a helpful assistant.";

    private const string End = "<|im_end|>\n";
    private const string Assistant = "<|im_start|>assistant\n";

    /// <summary>A conversation, open for the model to go on: with an answer, or, if it ends with what the model said, with the rest of that.</summary>
    /// <param name="messages">At least one. Names of marks inside texts mean nothing.</param>
    public IReadOnlyList<PromptSpan> Render(IReadOnlyList<Message> messages)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var spans = new List<PromptSpan>();
        if (messages[0].Role != Role.System && system is not null)
        {
            spans.Add(Mark($"<|im_start|>system\n{system}{End}"));
        }

        foreach (var message in messages)
        {
            spans.Add(Mark(message.Role switch { Role.System => "<|im_start|>system\n", Role.User => "<|im_start|>user\n", _ => Assistant }));
            spans.AddRange(message.Parts.Select(Span));
            if (message != messages[^1] || message.Role != Role.Assistant)
            {
                spans.Add(Mark(End));
            }
        }

        if (messages[^1].Role != Role.Assistant)
        {
            spans.Add(Mark(Assistant));
        }

        return spans;
    }

    /// <summary>What follows an answer: its end mark and the next question.</summary>
    public static IReadOnlyList<PromptSpan> Next(string typed) => [Mark($"{End}<|im_start|>user\n"), new(typed, false), Mark($"{End}{Assistant}")];

    /// <summary>What the templates of a model directory say first. They are programs and are not run, only searched: one that lacks the usual sentence begins without it.</summary>
    /// <exception cref="CheckpointException">A file that can't be read.</exception>
    public static string? SystemOf(string directory)
    {
        foreach (var file in new[] { "chat_template.json", "tokenizer_config.json" })
        {
            var path = Path.Combine(directory, file);
            if (File.Exists(path) && ConfigReader.Load(path) is var settings && settings.Root.TryGetProperty("chat_template", out var template) && template.ValueKind == JsonValueKind.String)
            {
                return settings.String("chat_template").Contains(DefaultSystem, StringComparison.Ordinal) ? DefaultSystem : null;
            }
        }

        return DefaultSystem;
    }

    private static PromptSpan Mark(string text) => new(text, true);

    private PromptSpan Span(MessagePart part) => part.Kind == MessagePartKind.Text ? new(part.Text, false) : Mark($"<|vision_start|>{(part.Kind == MessagePartKind.Picture ? image : video)}<|vision_end|>");
}
