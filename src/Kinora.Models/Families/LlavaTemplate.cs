using Kinora.Models.Tokenization;

namespace Kinora.Models.Families;

/// <summary>How models of the LLaVA line write conversations.</summary>
/// <param name="Begin">What stands before everything, the system text among it.</param>
/// <param name="User">Before what the user says.</param>
/// <param name="Assistant">Between that and the answer.</param>
/// <param name="EndOfAnswer">What ends an answer.</param>
internal sealed record LlavaTemplate(string Begin, string User, string Assistant, string EndOfAnswer)
{
    /// <summary>Stands for one picture.</summary>
    public const string Image = "<image>";

    /// <summary>What a model is told of itself: wording of our own.</summary>
    public const string OwnSystem = "You see pictures and videos and answer questions about them: truthfully, in plain words, and with the details that can be seen.";

    /// <summary>Stands before a question about a grid of frames: wording of our own.</summary>
    public const string OwnGridPreamble = "The picture shows frames of one video in the order of time, row by row, with white bands between them. Speak about the video as a whole. ";

    /// <summary>Vicuna's (LLaVA-1.5 and NeXT with Vicuna).</summary>
    public static LlavaTemplate Vicuna(string system) => new($"{system} ", "USER: ", " ASSISTANT:", "</s>");

    /// <summary>Llama 3's (ShareGPT4Video-8B, LLaVA-NeXT with Llama 3). The begin token stands in the text, too: training had it twice.</summary>
    public static LlavaTemplate Llama3(string system) => new(
        $"<|begin_of_text|>{Header("system")}{system}<|eot_id|>",
        Header("user"),
        $"<|eot_id|>{Header("assistant")}",
        "<|eot_id|>");

    /// <summary>ChatML (LLaVA-NeXT with Yi).</summary>
    public static LlavaTemplate ChatMl(string system) => new($"<|im_start|>system\n{system}<|im_end|>", "<|im_start|>user\n", "<|im_end|><|im_start|>assistant\n", "<|im_end|>");

    /// <summary>The template of a model, by the marks that its tokenizer knows.</summary>
    public static LlavaTemplate Of(Tokenizer tokenizer, string system)
        => tokenizer.IdOf("<|start_header_id|>") is not null ? Llama3(system)
            : tokenizer.IdOf("<|im_start|>") is not null ? ChatMl(system)
            : Vicuna(system);

    /// <summary>The first question, behind the pictures.</summary>
    public IReadOnlyList<PromptSpan> First(string typed, int pictures, string preamble)
        => [new(Begin + User, true), .. Enumerable.Range(0, pictures).SelectMany(_ => new PromptSpan[] { new(Image, true), new("\n", true) }), new(preamble, false), new(typed, false), new(Assistant, true)];

    /// <summary>What follows an answer.</summary>
    public IReadOnlyList<PromptSpan> Next(string typed) => [new(EndOfAnswer + User, true), new(typed, false), new(Assistant, true)];

    private static string Header(string role) => $"<|start_header_id|>{role}<|end_header_id|>\n\n";
}
