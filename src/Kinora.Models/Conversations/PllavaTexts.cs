namespace Kinora.Models.Conversations;

/// <summary>The long texts of PLLaVA's prompts: system texts, an introduction of questions, and a request for captions.</summary>
public static class PllavaTexts
{
    /// <summary>The system text of its VCG templates.</summary>
    public static PromptText Vcg { get; } = new(
        "S-VCG",
        291,
        "59e4be43ccdca6ab",
        "You watch videos and answer questions about them. Look closely at what the video shows, and answer truthfully and in detail from what can be seen.");

    /// <summary>The system text of its MVBench templates; ends in a line end.</summary>
    public static PromptText Mvbench { get; } = new(
        "S-MV",
        244,
        "60c3a2cdc233f080",
        "Follow the video from its beginning to its end: what happens and what brings it about, in which order, which things there are and how they move, what people do and how they hold themselves. Then choose the option that fits what was seen.\n");

    /// <summary>Stands before the questions of its VideoQA templates; ends in <c>Question:</c>.</summary>
    public static PromptText QuestionIntroduction { get; } = new(
        "P-QA",
        200,
        "fa815cd131945235",
        "The frames come from one video, in the order of time. Answer in a few words first; then name the event, person or thing that the answer rests on. Question:");

    /// <summary>The system text of its recaptioning templates.</summary>
    public static PromptText Recaption { get; } = new(
        "S-RECAP",
        465,
        "38007f43d9f7bebe",
        "You describe videos. Besides the video there may be notes about it that are partly wrong.\nWhere notes and video disagree, trust the video.\nSay only what the video shows.\n");

    /// <summary>The system text that its chat page proposes.</summary>
    public static PromptText Demo { get; } = new(
        "S-DEMO",
        483,
        "0545fc0f42307880",
        "You watch videos and talk about them: you describe what happens and answer questions, truthfully, in plain words, and with the details that can be seen.\n");

    /// <summary>The request for a caption of its recaptioning.</summary>
    public static PromptText RecaptionRequest { get; } = new(
        "Q-RECAP",
        692,
        "0e2890c430583013",
        "Describe the video in one paragraph, from its beginning to its end: where it takes place, who and what is there, and what they do. Be precise, and leave out what can't be told for sure, such as colours or numbers of things that are hardly seen.");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<PromptText> All { get; } = [Vcg, Mvbench, QuestionIntroduction, Recaption, Demo, RecaptionRequest];
}
