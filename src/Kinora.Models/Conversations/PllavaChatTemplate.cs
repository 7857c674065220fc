using Kinora.Models.Tokenization;

namespace Kinora.Models.Conversations;

/// <summary>How PLLaVA writes conversations, by the names of its own templates (arXiv 2404.16994; specification 3.2).</summary>
public sealed record PllavaChatTemplate
{
    private const string MessageStart = "<|im_start|>";
    private const string MessageEnd = "<|im_end|>\n";

    private static readonly string[] vcgKeywords = ["###", "USER"];

    /// <summary>The original's name for it.</summary>
    public required string Key { get; init; }

    /// <summary>Before what the user says.</summary>
    public string UserRole { get; init; } = "USER: ";

    /// <summary>Before an answer.</summary>
    public string AssistantRole { get; init; } = "ASSISTANT:";

    /// <summary>Behind the system text and what the user says.</summary>
    public string UserSeparator { get; init; } = " ";

    /// <summary>Behind an answer.</summary>
    public string AssistantSeparator { get; init; } = "</s>";

    /// <summary>Stands for a video, however many frames it has.</summary>
    public string Media { get; init; } = "<image>\n";

    /// <summary>Whether a video has a turn of its own, or stands in front of the question.</summary>
    public bool MediaAlone { get; init; }

    /// <summary>The system text, or null.</summary>
    public PromptText? System { get; init; }

    /// <summary>A short system text where there is no long one.</summary>
    public string ShortSystem { get; init; } = "";

    /// <summary>Stands before questions, or null.</summary>
    public PromptText? BeforeQuery { get; init; }

    /// <summary>Stands behind questions, or null.</summary>
    public string? AfterQuery { get; init; }

    /// <summary>How answers begin, or null.</summary>
    public string? AnswerPrompt { get; init; }

    /// <summary>Texts that end an answer. The original stops only when all of them have been written, which never comes to pass.</summary>
    public IReadOnlyList<string> Keywords { get; init; } = [];

    /// <summary>All templates of the original's main branch.</summary>
    public static IReadOnlyList<PllavaChatTemplate> All { get; } =
    [
        new() { Key = "plain", UserRole = "USER:", Media = "<image>" },
        new() { Key = "eval_vcgbench", MediaAlone = true, System = PllavaTexts.Vcg, Keywords = vcgKeywords },
        new() { Key = "eval_mvbench", MediaAlone = true, System = PllavaTexts.Mvbench },
        Asking(new() { Key = "eval_videoqabench" }),
        new() { Key = "eval_recaption", MediaAlone = true, System = PllavaTexts.Recaption },
        ChatMl(new() { Key = "eval_vcg_llavanext", MediaAlone = true, System = PllavaTexts.Vcg, Keywords = vcgKeywords }),
        ChatMl(new() { Key = "eval_mvbench_llavanext", MediaAlone = true, System = PllavaTexts.Mvbench }),
        ChatMl(Asking(new() { Key = "eval_videoqa_llavanext", ShortSystem = $"{MessageStart}system\nAnswer the question." })),
        ChatMl(new() { Key = "eval_recaption_llavanext", MediaAlone = true, System = PllavaTexts.Recaption }),
    ];

    /// <summary>The template of this name.</summary>
    /// <param name="key">The original's name.</param>
    /// <param name="compatibility">The original gives its MVBench template in ChatML the system text of VCG.</param>
    /// <exception cref="ArgumentException">No such template; the message lists all.</exception>
    public static PllavaChatTemplate Find(string key, Compatibility compatibility = Compatibility.Corrected)
    {
        var found = All.FirstOrDefault(template => template.Key == key) ?? throw new ArgumentException($"PLLaVA has no template {Quotation.Of(key)}; there are {string.Join(", ", All.Select(template => template.Key))}.", nameof(key));
        return compatibility == Compatibility.Original && found.Key == "eval_mvbench_llavanext" ? found with { System = PllavaTexts.Vcg } : found;
    }

    /// <summary>The template in which a model talks about videos: that of the chat page, or in ChatML that of its published 34b demo.</summary>
    public static PllavaChatTemplate Of(Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        return tokenizer.IdOf(MessageStart) is not null ? Find("eval_vcg_llavanext") : Find("plain") with { System = PllavaTexts.Demo };
    }

    private static PllavaChatTemplate Asking(PllavaChatTemplate template)
        => template with { BeforeQuery = PllavaTexts.QuestionIntroduction, AfterQuery = "\n", AnswerPrompt = "\nAnswer: In the video," };

    private static PllavaChatTemplate ChatMl(PllavaChatTemplate template) => template with
    {
        UserRole = $"{MessageStart}user\n",
        AssistantRole = $"{MessageStart}assistant\n",
        UserSeparator = MessageEnd,
        AssistantSeparator = MessageEnd,
    };
}
