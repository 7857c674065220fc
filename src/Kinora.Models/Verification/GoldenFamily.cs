using System.Text.Json;
using Kinora.Media;
using Kinora.Models.Families;
using Kinora.Models.Inputs;
using Kinora.Models.Verification.Families;

namespace Kinora.Models.Verification;

/// <summary>How a family's golden cases say what goes into its model; a family with keys of its own has a class of its own.</summary>
/// <param name="model">The model.</param>
/// <param name="reader">Reads the pictures.</param>
internal class GoldenFamily(VisionLanguageModel model, MediaReader reader)
{
    protected VisionLanguageModel Model => model;

    /// <summary>The class for a model.</summary>
    public static GoldenFamily Of(VisionLanguageModel model, MediaReader reader) => model switch
    {
        Tarsier2 tarsier => new Tarsier2Golden(tarsier, reader),
        Qwen2VlModel qwen => new Qwen2VlGolden(qwen, reader),
        Llava llava => new LlavaGolden(llava, reader),
        ShareCaptioner captioner => new ShareCaptionerGolden(captioner, reader),
        Pllava => new PllavaGolden(model, reader),
        _ => new GoldenFamily(model, reader), // named: the type of a bare one would be that of the arms above
    };

    /// <summary>Whether stored ids of a prompt have one for each place of a picture.</summary>
    public virtual bool StoresExpandedIds => false;

    /// <summary>Runs a case that is no single answer to a prompt.</summary>
    /// <returns>False: it is one, and still has to be run.</returns>
    public virtual Task<bool> RunAsync(GoldenCase golden, CaseLedger ledger, StageLimits limits, CancellationToken cancellation) => Task.FromResult(false);

    /// <summary>Sets what a case has of its own that isn't pictures or text, such as the strength of adapters; undone at the end.</summary>
    public virtual IDisposable? Begin(GoldenCase golden) => null;

    /// <summary>What a case, or a row of one, is about.</summary>
    /// <param name="golden">The case.</param>
    /// <param name="entry">The case's JSON, or that of the row.</param>
    /// <param name="cancellation">Ends it.</param>
    public virtual async Task<IReadOnlyList<VisualMedia>> MediaAsync(GoldenCase golden, JsonElement entry, CancellationToken cancellation)
    {
        var frames = await PicturesAsync(golden.FramesOf(entry), cancellation).ConfigureAwait(false);
        return frames.Count == 0 ? [] : [new(frames, frames.Count > 1)];
    }

    /// <summary>Pictures as the tower wants them.</summary>
    public virtual VisualInput Prepare(GoldenCase golden, IReadOnlyList<VisualMedia> media) => model.Prepare(media);

    /// <summary>Joins tensors that the reference stores in parts or in another order to those that are computed here, see <see cref="CaseLedger.Join"/>.</summary>
    public virtual void Join(CaseLedger ledger, VisualLayout layout)
    {
    }

    /// <summary>Ids of a prompt's text, as the reference has them.</summary>
    public virtual int[] Tokenize(string prompt) => model.Tokenizer.Encode(prompt, addSpecialTokens: true);

    /// <summary>The answer's text, as the reference gives it.</summary>
    public virtual string Text(IReadOnlyList<int> ids) => model.Tokenizer.Decode([.. ids], skipSpecialTokens: true);

    /// <summary>Compares the prompt with what the family makes of the case's messages, where it can say that.</summary>
    public virtual void ComparePrompt(GoldenCase golden, CaseLedger ledger)
    {
    }

    /// <summary>Compares what follows from sizes and ids alone: grids, positions.</summary>
    public virtual void CompareLayout(CaseLedger ledger, int[] ids, VisualInput? input)
        => ledger.CompareIds("position_ids", "inputs", [.. Enumerable.Range(0, ids.Length)]);

    /// <summary>Compares what the original makes of an answer beside its text.</summary>
    /// <param name="golden">The case.</param>
    /// <param name="ledger">Its account.</param>
    /// <param name="prompt">The prompt's ids as the reference has them.</param>
    /// <param name="written">The answer's.</param>
    public virtual void CompareAnswer(GoldenCase golden, CaseLedger ledger, int[] prompt, IReadOnlyList<int> written)
    {
    }

    /// <summary>Lists of the manifest beside its cases that are this family's own.</summary>
    /// <returns>The name of each, and what runs it.</returns>
    public virtual IEnumerable<(string Name, Func<CancellationToken, Task<CaseReport>> Run)> Lists(JsonElement manifest, string directory) => [];

    /// <summary>Reads picture files.</summary>
    protected async Task<List<Picture>> PicturesAsync(IReadOnlyList<string> files, CancellationToken cancellation)
    {
        var frames = new List<Picture>();
        foreach (var file in files)
        {
            frames.Add(await reader.ReadPictureAsync(file, cancellation).ConfigureAwait(false));
        }

        return frames;
    }
}
