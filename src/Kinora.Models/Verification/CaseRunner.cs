using Kinora.Models.Families;
using Kinora.Models.Generation;
using Kinora.Models.Inputs;
using Kinora.Models.Language;
using Kinora.Tensors;

namespace Kinora.Models.Verification;

/// <summary>Runs one case end to end from its pictures and its prompt, and then each stage from the stored input of that stage.</summary>
internal sealed class CaseRunner(VisionLanguageModel model, GoldenFamily family, StageLimits limits, GoldenCase golden, CaseLedger ledger, CancellationToken cancellation)
{
    private const string EndToEnd = "inputs";

    public async Task RunAsync()
    {
        if (golden.Answer is not null)
        {
            ledger.Announce("text");
        }

        if (limits.Rounded)
        {
            // Rounded weights may choose other tokens than the reference; that is no mistake.
            foreach (var name in ledger.Names.Append("text").Where(name => name is "text" || name.StartsWith("generated_", StringComparison.Ordinal) || name.StartsWith("beam_", StringComparison.Ordinal)).ToList())
            {
                ledger.SetAside(name);
            }
        }

        if (golden.Mode == "greedy-batch")
        {
            await new BatchRunner(model, family, limits, golden, ledger, cancellation).RunAsync().ConfigureAwait(false);
            return;
        }

        if (golden.Mode is not ("greedy" or "beam" or "processors"))
        {
            throw new VerificationException($"generate.mode '{golden.Mode}' is unknown; known are greedy, beam, greedy-batch and processors.");
        }

        ledger.Require("input_ids");
        ledger.Require(golden.Mode switch { "greedy" => "generated_ids", "beam" => "beam_ids", _ => "logits" });
        var prompt = golden.Prompt ?? throw new VerificationException("the case has no prompt.");
        using var settings = family.Begin(golden);
        family.ComparePrompt(golden, ledger);
        var ids = family.Tokenize(prompt);
        ledger.CompareIds("input_ids", EndToEnd, ids);
        using var input = await InputAsync().ConfigureAwait(false);
        var layout = input?.Layout ?? VisualLayout.None;
        var expanded = model.Expand(ids, layout);
        family.CompareLayout(ledger, expanded, input);
        using var visual = input is null ? null : Encode(input);
        RunDecoder(expanded, visual);
        Generate(ids, expanded, visual);
        RunStages(layout, expanded);
    }

    private async Task<VisualInput?> InputAsync()
    {
        if (golden.StoredPixels && ledger.Has("pixel_values"))
        {
            // An input: the checkpoint's own processor would make others.
            ledger.SetAside("pixel_values");
            var pixels = StoredPixels();
            return new(pixels, model.Plan([new(pixels.Shape[0], pixels.Shape[3], pixels.Shape[2], pixels.Shape[0] > 1)]));
        }

        var media = await family.MediaAsync(golden, golden.Json, cancellation).ConfigureAwait(false);
        if (media.Count == 0)
        {
            return null;
        }

        var input = family.Prepare(golden, media);
        ledger.Compare("pixel_values", EndToEnd, input.Pixels.AsSpan(), limits.EndToEnd(golden.Tolerance));
        return input;
    }

    private VisualEmbeddings Encode(VisualInput input)
    {
        using var session = new Session(model);
        var recorder = new TensorRecorder();
        session.Operations.Observer = recorder.Observe;
        var visual = session.Encode(input, null, cancellation);
        recorder.CompareAll(ledger, EndToEnd, limits.EndToEnd(golden.Tolerance));
        return visual;
    }

    /// <summary>[pictures, channels, height, width]; leading axes of 1 carry no meaning.</summary>
    private Tensor StoredPixels()
    {
        var shape = ledger.ShapeOf("pixel_values");
        return shape.Length >= 4
            ? Tensor.From(ledger.Floats("pixel_values"), new Shape(shape.AsSpan()[^4..]))
            : throw new VerificationException($"'pixel_values' has {shape.Length} axes; expected pictures, channels, height and width.");
    }

    private void RunDecoder(int[] ids, VisualEmbeddings? visual)
    {
        using var operations = new TensorOperations { Cancellation = cancellation };
        var recorder = new TensorRecorder();
        operations.Observer = recorder.Observe;
        RunDecoder(operations, model.Merge(operations, ids, visual?.Rows), model.PlacesOf(ids, visual?.Layout, 0));
        recorder.CompareAll(ledger, EndToEnd, limits.EndToEnd(golden.Tolerance));
    }

    private void RunDecoder(TensorOperations operations, Tensor sequence, SequencePlaces? places)
    {
        using var cache = new KeyValueCache(model.Decoder.Config, sequence.Shape.Rows);
        var hidden = model.Decoder.Forward(operations, sequence, cache, places);
        var rows = Math.Min(hidden.Shape.Rows, Math.Max(1, Math.Max(RowsOf("logits"), RowsOf("logits_tail"))));
        model.Decoder.Logits(operations, hidden.Rows(hidden.Shape.Rows - rows, rows));

        int RowsOf(string name) => ledger.Has(name) ? (int)Math.Min(int.MaxValue, ledger.CountOf(name) / model.Decoder.Config.VocabularySize) : 0;
    }

    private void Generate(int[] prompt, int[] ids, VisualEmbeddings? visual)
    {
        using var session = new Session(model);
        session.Read(ids, visual, null, cancellation);
        var start = session.Length;
        if (golden.Mode != "processors")
        {
            // Probabilities of the first token beside a text.
            new ProcessorRunner(model, golden, ledger, limits, cancellation).Run(session, ids, start);
        }

        switch (golden.Mode)
        {
            case "greedy":
                var options = new GenerationOptions { MaxNewTokens = ledger.TokensToWrite("generated_ids", golden.MaxNewTokens), RepetitionPenalty = golden.Real("repetition_penalty", 1), EndIds = model.EndIds };
                var result = TextGenerator.Generate(session, options, null, cancellation);
                CompareGenerated("generated_ids", result.Ids);
                CompareText(prompt, result.Ids);
                break;
            case "beam":
                CompareBeams(session, prompt);
                break;
            case "processors":
                new ProcessorRunner(model, golden, ledger, limits, cancellation).Run(session, ids, start);
                break;
        }
    }

    private void CompareBeams(Session session, int[] prompt)
    {
        // Every beam is a copy of the scores, and all steps sort all beams: a manifest must not keep the machine busy for days.
        const int MostBeams = 64;
        const int MostTokens = 4096;
        if (golden.Number("num_beams", 1) > MostBeams || golden.MaxNewTokens > MostTokens)
        {
            throw new VerificationException($"num_beams is {golden.Number("num_beams", 1)} and max_new_tokens {golden.MaxNewTokens}; at most {MostBeams} beams and {MostTokens} tokens are run.");
        }

        var options = new GenerationOptions
        {
            MaxNewTokens = golden.MaxNewTokens,
            Beams = golden.Number("num_beams", 1),
            LengthPenalty = golden.Real("length_penalty", 1),
            RepetitionPenalty = golden.Real("repetition_penalty", 1),
            EarlyStopping = golden.Flag("early_stopping"),
            EndIds = model.EndIds,
        };
        var result = TextGenerator.Generate(session, options, null, cancellation);
        for (var beam = 0; beam < result.Beams.Count; beam++)
        {
            CompareGenerated(beam == 0 ? "beam_ids" : $"beam_{beam}_ids", result.Beams[beam].Ids);
        }

        if (!limits.Rounded)
        {
            ledger.Compare("beam_scores", EndToEnd, [.. result.Beams.Select(beam => (float)beam.Score)], golden.Tolerance);
        }

        CompareText(prompt, result.Beams[0].Ids);
    }

    private void CompareGenerated(string name, IReadOnlyList<int> ids)
    {
        if (!limits.Rounded)
        {
            ledger.CompareIds(name, EndToEnd, ids);
        }
    }

    private void CompareText(int[] prompt, IReadOnlyList<int> ids)
    {
        if (limits.Rounded)
        {
            return;
        }

        if (golden.Answer is { } answer)
        {
            ledger.CompareText("text", EndToEnd, model.Tokenizer.Decode([.. ids], skipSpecialTokens: true), answer);
        }

        family.CompareAnswer(golden, ledger, prompt, ids);
    }

    /// <summary>Feeds each stage with what the reference computed before it: small mistakes show undiluted.</summary>
    private void RunStages(VisualLayout layout, int[] ids)
    {
        var hidden = model.Decoder.Config.HiddenSize;
        if (ledger.Has("pixel_values") && layout.PixelRows > 0)
        {
            using var pixels = StoredPixels();
            Stage("pixel_values", operations => model.Encode(operations, pixels, layout.Units));
        }

        if (ledger.Has("vision_output"))
        {
            using var features = ledger.Rows("vision_output", ledger.WidthOf("vision_output"));
            Stage("vision_output", operations => model.Connect(operations, features, layout.Units));
        }

        if (ledger.Has("input_ids") && ledger.Has("inputs_embeds") && (ledger.Has("connector_output") || layout.Tokens == 0))
        {
            using var visual = layout.Tokens == 0 ? null : ledger.Rows("connector_output", hidden);
            Stage(visual is null ? "input_ids" : "connector_output", operations => model.Merge(operations, model.Expand(ledger.Ids("input_ids"), layout), visual));
        }

        if (ledger.Has("inputs_embeds"))
        {
            using var sequence = ledger.Rows("inputs_embeds", hidden);
            Stage("inputs_embeds", operations => RunDecoder(operations, sequence, model.PlacesOf(ids, layout, 0)));
        }

        if (ledger.Has("final_norm_output") && ledger.Has("logits"))
        {
            using var normal = ledger.Rows("final_norm_output", hidden);
            Stage("final_norm_output", operations => model.Decoder.Logits(operations, normal));
        }
    }

    private void Stage(string input, Action<TensorOperations> run)
    {
        using var operations = new TensorOperations { Cancellation = cancellation };
        var recorder = new TensorRecorder();
        operations.Observer = recorder.Observe;
        run(operations);
        recorder.CompareAll(ledger, input, limits.Stage);
    }
}
