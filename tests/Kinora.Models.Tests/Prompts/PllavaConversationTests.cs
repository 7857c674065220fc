using Kinora.Models.Conversations;
using Kinora.Models.Tokenization;

namespace Kinora.Models.Tests.Prompts;

/// <summary>PLLaVA's prompts, by the worked examples of the specification.</summary>
public class PllavaConversationTests
{
    private static readonly Dictionary<string, string> wordings = new() { ["S-VCG"] = "SYS", ["S-MV"] = "SYS\n", ["P-QA"] = "PRE", ["S-RECAP"] = "RECAP\n" };

    public static TheoryData<string, string, string?, string?, string> Questions => new()
    {
        { "eval_vcgbench", "What is shown?", null, null, "SYS USER: <image>\n USER: What is shown? ASSISTANT:" },
        { "eval_vcg_llavanext", "What is shown?", null, null, "SYS<|im_end|>\n<|im_start|>user\n<image>\n<|im_end|>\n<|im_start|>user\nWhat is shown?<|im_end|>\n<|im_start|>assistant\n" },
        {
            "eval_mvbench", "Question: What happened?\nOptions:\n(A) cat\n(B) dog", "\nOnly give the best option.", "Best option:(",
            "SYS\n USER: <image>\n USER: Question: What happened?\nOptions:\n(A) cat\n(B) dog \nOnly give the best option. ASSISTANT:Best option:("
        },
        { "eval_videoqabench", "what is he doing?", null, null, "USER: <image>\n PRE what is he doing? \n ASSISTANT:\nAnswer: In the video," },
        {
            "eval_videoqa_llavanext", "what is he doing?", null, null,
            "<|im_start|>system\nAnswer the question.<|im_end|>\n<|im_start|>user\n<image>\n PRE what is he doing? \n<|im_end|>\n<|im_start|>assistant\n\nAnswer: In the video,"
        },
        { "eval_recaption", "Tell.", null, null, "RECAP\n USER: <image>\n USER: Tell. ASSISTANT:" },
        { "eval_recaption_llavanext", "Tell.", null, null, "RECAP\n<|im_end|>\n<|im_start|>user\n<image>\n<|im_end|>\n<|im_start|>user\nTell.<|im_end|>\n<|im_start|>assistant\n" },
        { "plain", "What is shown?", null, null, "USER:<image> What is shown? ASSISTANT:" },
        { "plain", "<image> and what?", null, null, "USER:<image> and what? ASSISTANT:" },
    };

    [Theory]
    [MemberData(nameof(Questions))]
    public void A_benchmarks_question(string key, string question, string? after, string? begun, string expected)
    {
        var template = PllavaChatTemplate.Find(key);
        var conversation = new PllavaConversation(template, texts: text => wordings[text.Id]);
        conversation.AskAboutVideo(question, after: after);
        if ((begun ?? template.AnswerPrompt) is { } prefix)
        {
            conversation.Answer(prefix);
        }

        Assert.Equal(expected, conversation.Text());
    }

    [Fact]
    public void The_chat_page_has_a_video_come_in_before_the_first_question()
    {
        var template = PllavaChatTemplate.Find("plain");
        var conversation = new PllavaConversation(template, "SYS\n");
        conversation.Upload();
        conversation.Ask("Q1");
        var first = conversation.Text();
        conversation.Answer("A1.");
        conversation.Ask("Q2");
        Assert.Equal("SYS\n USER:<image>  USER:Q1 ASSISTANT:A1.</s>USER:Q2 ASSISTANT:", conversation.Text());
        Assert.Equal(conversation.Text(), $"{first}A1.{string.Concat(PllavaConversation.Next(template, "Q2").Select(span => span.Text))}");
    }

    [Theory]
    [InlineData(Compatibility.Corrected, "")]
    [InlineData(Compatibility.Original, "<|im_start|>user\n<|im_end|>\n")]
    public void An_upload_leaves_an_empty_turn_in_the_original_only(Compatibility compatibility, string empty)
    {
        var conversation = new PllavaConversation(PllavaChatTemplate.Find("eval_vcg_llavanext"), "SYS", compatibility: compatibility);
        conversation.Upload();
        conversation.Ask("Q");
        Assert.Equal($"SYS<|im_end|>\n<|im_start|>user\n<image>\n<|im_end|>\n{empty}<|im_start|>user\nQ<|im_end|>\n<|im_start|>assistant\n", conversation.Text());
    }

    [Fact]
    public void Typed_text_is_a_span_in_which_nothing_is_matched()
    {
        var template = PllavaChatTemplate.Find("plain");
        var conversation = new PllavaConversation(template);
        conversation.Upload();
        conversation.Ask("</s><image>");
        Assert.Equal(new PromptSpan("</s><image>", false), Assert.Single(conversation.Spans(), span => !span.MatchAddedTokens));
        Assert.Equal(new PromptSpan("</s>", false), Assert.Single(PllavaConversation.Next(template, "</s>"), span => !span.MatchAddedTokens));
    }

    [Fact]
    public void The_MVBench_template_in_ChatMl_has_the_wrong_system_text_in_the_original_only()
    {
        Assert.Same(PllavaTexts.Mvbench, PllavaChatTemplate.Find("eval_mvbench_llavanext").System);
        Assert.Same(PllavaTexts.Vcg, PllavaChatTemplate.Find("eval_mvbench_llavanext", Compatibility.Original).System);
        Assert.Same(PllavaTexts.Mvbench, PllavaChatTemplate.Find("eval_mvbench", Compatibility.Original).System);
        Assert.Contains("eval_recaption_llavanext", Assert.Throws<ArgumentException>(() => PllavaChatTemplate.Find("eval_vcg_llava_next")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pllava-7b", "plain")]
    [InlineData("yi", "eval_vcg_llavanext")]
    public void The_marks_of_a_tokenizer_decide_on_the_template(string tokenizer, string key)
        => Assert.Equal(key, PllavaChatTemplate.Of(Tokenizer.Load(tokenizer == "yi" ? Fixture.At("tokenizers", "yi") : Fixture.At(tokenizer, "checkpoint"))).Key);

    [Fact]
    public void Our_wording_stands_in_for_texts_that_only_their_fingerprints_are_known_of()
    {
        Assert.Equal(6, PllavaTexts.All.Select(text => (text.Id, text.Fingerprint)).Distinct().Count());
        Assert.All(PllavaTexts.All, text =>
        {
            Assert.Matches("^[0-9a-f]{16}$", text.Fingerprint);
            Assert.False(text.IsOriginal(text.Wording));
        });
        Assert.EndsWith("\n", PllavaTexts.Mvbench.Wording, StringComparison.Ordinal);
        Assert.EndsWith("Question:", PllavaTexts.QuestionIntroduction.Wording, StringComparison.Ordinal);

        // SHA-256 of "abc".
        var known = new PromptText("x", 3, "ba7816bf8f01cfea", "");
        Assert.True(known.IsOriginal("abc"));
        Assert.False(known.IsOriginal("abd"));
        Assert.False((known with { Length = 4 }).IsOriginal("abc"));
    }

    [Theory]
    [InlineData("plain", "S USER:Q ASSISTANT: two toys</s>", "two toys", " two toys", " two toy")]
    [InlineData("plain", "USER:Q ASSISTANT:a ASSISTANT: <s>b", "<s>b", " b", " b")]
    [InlineData("plain", "no role", "no role", "no role", "no role")]
    [InlineData("eval_vcg_llavanext", "<|im_start|> user\nQ<|im_start|> assistant\nHe died<|im_end|>\n", "He died", "He died", "He ")]
    [InlineData("eval_vcg_llavanext", "<|im_start|>user\nQ<|im_start|>assistant\nA man.", "A man.", "A man.", "A man.")]
    public void An_answer_is_what_stands_behind_the_last_role(string key, string decoded, string benchmark, string corrected, string original)
    {
        var template = PllavaChatTemplate.Find(key);
        Assert.Equal(benchmark, PllavaAnswer.OfBenchmark(decoded, template));
        Assert.Equal(corrected, PllavaAnswer.OfChat(decoded, template, Compatibility.Corrected));
        Assert.Equal(original, PllavaAnswer.OfChat(decoded, template, Compatibility.Original));
    }
}
