using System.Text.Json;
using Kinora.Media;
using Kinora.Models.Adapters;
using Kinora.Models.Conversations;
using Kinora.Models.Families;
using Kinora.Models.Inputs;
using Kinora.Models.Tokenization;

namespace Kinora.Models.Verification.Families;

/// <summary>
/// PLLaVA's cases: each sets the frames of a video, what features are averaged to, the alpha of the low-rank updates and maybe an adapter; its messages and
/// the name of a template lead to its prompt, and what was decoded to the answer that the original gives.
/// </summary>
internal sealed class PllavaGolden(VisionLanguageModel model, MediaReader reader) : GoldenFamily(model, reader)
{
    /// <inheritdoc/>
    public override IDisposable? Begin(GoldenCase golden)
    {
        var json = golden.Json;
        var undo = new Undo(Model);
        try
        {
            // What the reference computed is the original's, but for beams that see the right video.
            Model.Apply(new()
            {
                Compatibility = Compatibility.Original,
                Frames = json.TryGetProperty("num_frames", out var frames) ? frames.GetInt32() : null,
                Pooling = json.TryGetProperty("pooling_shape", out var shape) ? PoolingTarget.Parse(string.Join('x', shape.EnumerateArray().Select(cells => cells.GetInt32()))) : null,
                Beams = IsOriginalOrder(json) ? golden.Number("num_beams", 1) : 1,
            });
            var alpha = json.TryGetProperty("lora_alpha", out var strength) ? strength.GetDouble() : StoredAdapters.DefaultAlpha;
            Model.Weights.Adapters.Alpha = alpha;
            if (GoldenFiles.Text(json, "adapter") is { } directory)
            {
                undo.Attach(LoraAdapter.Load(GoldenFiles.Inside(golden.Directory, directory)), alpha);
            }

            return undo;
        }
        catch
        {
            undo.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<VisualMedia>> MediaAsync(GoldenCase golden, JsonElement entry, CancellationToken cancellation)
    {
        if (!entry.TryGetProperty("videos", out var videos))
        {
            return [.. (await base.MediaAsync(golden, entry, cancellation).ConfigureAwait(false)).Select(media => media with { IsVideo = true })];
        }

        var all = golden.FramesOf(entry);
        var media = new List<VisualMedia>();
        foreach (var video in videos.EnumerateArray())
        {
            var count = video.GetArrayLength();
            var first = media.Sum(one => one.Frames.Count);
            media.Add(count > 0 && first + count <= all.Count
                ? new(await PicturesAsync([.. all.Skip(first).Take(count)], cancellation).ConfigureAwait(false), IsVideo: true)
                : throw new VerificationException($"'videos' don't divide the {all.Count} 'frames' among them."));
        }

        return media;
    }

    /// <inheritdoc/>
    public override int[] Tokenize(string prompt) => Model.Tokenize([new PromptSpan(prompt, true)], begins: true);

    /// <inheritdoc/>
    public override void ComparePrompt(GoldenCase golden, CaseLedger ledger)
    {
        if (Template(golden) is not { } template || golden.Prompt is not { } prompt)
        {
            return;
        }

        var conversation = new PllavaConversation(template, GoldenFiles.Text(golden.Json, "system"), null, Compatibility.Original);
        var messages = golden.Json.GetProperty("messages").EnumerateArray().Select(message => (Role: GoldenFiles.Text(message, "role"), Text: GoldenFiles.Text(message, "text") ?? "")).ToList();
        if (IsChat(golden))
        {
            var videos = golden.Json.TryGetProperty("videos", out var list) ? list.GetArrayLength() : 1;
            for (var video = 0; video < videos; video++)
            {
                conversation.Upload();
            }
        }

        for (var i = 0; i < messages.Count; i++)
        {
            if (messages[i].Role == "assistant")
            {
                conversation.Answer(messages[i].Text);
            }
            else if (i == 0 && !IsChat(golden))
            {
                conversation.AskAboutVideo(messages[i].Text, GoldenFiles.Text(golden.Json, "pre_query"), GoldenFiles.Text(golden.Json, "post_query"));
            }
            else
            {
                conversation.Ask(messages[i].Text);
            }
        }

        if ((GoldenFiles.Text(golden.Json, "answer_prompt") ?? (IsChat(golden) ? null : template.AnswerPrompt)) is { } begun)
        {
            conversation.Answer(begun);
        }

        ledger.Announce("prompt");
        ledger.CompareText("prompt", "messages", conversation.Text(), prompt);
    }

    /// <inheritdoc/>
    public override void CompareAnswer(GoldenCase golden, CaseLedger ledger, int[] prompt, IReadOnlyList<int> written)
    {
        if (Template(golden) is { } template && GoldenFiles.Text(golden.Json, "answer") is { } answer)
        {
            var decoded = Model.Tokenizer.Decode([.. prompt, .. written], skipSpecialTokens: true);
            ledger.Announce("answer");
            ledger.CompareText("answer", "inputs", IsChat(golden) ? PllavaAnswer.OfChat(decoded, template, Compatibility.Original) : PllavaAnswer.OfBenchmark(decoded, template), answer);
        }
    }

    private static bool IsOriginalOrder(JsonElement json) => json.TryGetProperty("beam_upstream_frame_order", out var flag) && flag.ValueKind == JsonValueKind.True;

    private static bool IsChat(GoldenCase golden) => GoldenFiles.Text(golden.Json, "flow") == "demo";

    private static PllavaChatTemplate? Template(GoldenCase golden)
        => GoldenFiles.Text(golden.Json, "template") is { } key ? PllavaChatTemplate.Find(key, Compatibility.Original) : null;

    /// <summary>Makes the model what it was before the case.</summary>
    private sealed class Undo(VisionLanguageModel model) : IDisposable
    {
        private readonly ModelSettings settings = model.Settings;
        private readonly double alpha = model.Weights.Adapters.Alpha;
        private LoraAdapter? adapter;

        public void Attach(LoraAdapter loaded, double strength)
        {
            adapter = loaded;
            loaded.Attach(model, 1, strength);
        }

        public void Dispose()
        {
            adapter?.Detach();
            adapter?.Dispose();
            model.Weights.Adapters.Alpha = alpha;
            model.Apply(settings);
        }
    }
}
