using Kinora.Models.Tokenization;

namespace Kinora.Models.Conversations;

/// <summary>A conversation as PLLaVA writes it, message by message (specification 3.1). What was typed is a span of its own, in which nothing is matched.</summary>
/// <param name="template">How it is written.</param>
/// <param name="system">Takes the place of the template's system text; null: as the template has it.</param>
/// <param name="texts">The wording of a long text; null: our own.</param>
/// <param name="compatibility">In the original a video that is uploaded leaves an empty turn behind if videos have turns of their own.</param>
public sealed class PllavaConversation(PllavaChatTemplate template, string? system = null, Func<PromptText, string>? texts = null, Compatibility compatibility = Compatibility.Corrected)
{
    private readonly List<(Role Role, IReadOnlyList<PromptSpan> Text)> messages = [];

    /// <summary>A video comes in, before anything is asked about it: the chat page's way.</summary>
    public void Upload()
    {
        if (template.MediaAlone)
        {
            Say([new(template.Media, true)]);
            if (compatibility == Compatibility.Original)
            {
                Say([]);
            }
        }
        else
        {
            Say([new($"{template.Media} ", true)]);
        }
    }

    /// <summary>The user asks.</summary>
    /// <param name="query">The question.</param>
    public void Ask(string query) => Say([new(query, false)]);

    /// <summary>The user asks about a video that comes with the question: the benchmarks' way.</summary>
    /// <param name="query">The question; if it holds the video's mark already, the mark isn't written again.</param>
    /// <param name="before">Stands before it; null: what the template says.</param>
    /// <param name="after">Stands behind it; null: what the template says.</param>
    public void AskAboutVideo(string query, string? before = null, string? after = null)
    {
        ArgumentNullException.ThrowIfNull(query);
        before ??= template.BeforeQuery is { } text ? Wording(text) : null;
        after ??= template.AfterQuery;
        PromptSpan[] question =
        [
            .. string.IsNullOrEmpty(before) ? [] : new PromptSpan[] { new($"{before} ", true) },
            new(query, query.Contains(template.Media, StringComparison.Ordinal)),
            .. string.IsNullOrEmpty(after) ? [] : new PromptSpan[] { new($" {after}", true) },
        ];
        if (template.MediaAlone)
        {
            Say([new(template.Media, true)]);
            Say(question);
        }
        else
        {
            Say(query.Contains(template.Media, StringComparison.Ordinal) ? question : [new($"{template.Media} ", true), .. question]);
        }
    }

    /// <summary>An answer. The last one is open: it goes on.</summary>
    public void Answer(string text) => messages.Add((Role.Assistant, [new(text, true)]));

    /// <summary>The prompt, open for an answer.</summary>
    public IReadOnlyList<PromptSpan> Spans()
    {
        var opening = system ?? (template.System is { } text ? Wording(text) : template.ShortSystem);
        var spans = new List<PromptSpan>();
        Add(opening.Length > 0 ? opening + template.UserSeparator : "");
        for (var i = 0; i < messages.Count; i++)
        {
            var (role, message) = messages[i];
            Add(RoleOf(role));
            spans.AddRange(message);
            if (role == Role.User || i < messages.Count - 1)
            {
                Add(role == Role.User ? template.UserSeparator : template.AssistantSeparator);
            }
        }

        if (messages is [.., (Role.User, _)])
        {
            Add(template.AssistantRole);
        }

        return spans;

        void Add(string part)
        {
            if (part.Length > 0)
            {
                spans.Add(new(part, true));
            }
        }
    }

    /// <summary>The prompt as one text.</summary>
    public string Text() => string.Concat(Spans().Select(span => span.Text));

    /// <summary>What follows an answer: its end and the next question.</summary>
    public static IReadOnlyList<PromptSpan> Next(PllavaChatTemplate template, string query)
    {
        ArgumentNullException.ThrowIfNull(template);
        return [new(template.AssistantSeparator + template.UserRole, true), new(query, false), new(template.UserSeparator + template.AssistantRole, true)];
    }

    private void Say(IReadOnlyList<PromptSpan> text) => messages.Add((Role.User, text));

    private string RoleOf(Role role) => role == Role.User ? template.UserRole : template.AssistantRole;

    private string Wording(PromptText text) => texts?.Invoke(text) ?? text.Wording;
}
