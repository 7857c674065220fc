using Kinora.Media;
using Kinora.Models.Families;
using Kinora.Models.Inputs;

namespace Kinora.Models.Verification;

/// <summary>How a family's golden cases say what goes into its model; a family with keys of its own has a class of its own.</summary>
/// <param name="model">The model.</param>
/// <param name="reader">Reads the pictures.</param>
internal class GoldenFamily(VisionLanguageModel model, MediaReader reader)
{
    protected VisionLanguageModel Model => model;

    /// <summary>What a case is about, from its picture files.</summary>
    public virtual async Task<IReadOnlyList<VisualMedia>> MediaAsync(IReadOnlyList<string> files, CancellationToken cancellation)
    {
        var frames = new List<Picture>();
        foreach (var file in files)
        {
            frames.Add(await reader.ReadPictureAsync(file, cancellation).ConfigureAwait(false));
        }

        return frames.Count == 0 ? [] : [new(frames, frames.Count > 1)];
    }

    /// <summary>Ids of a prompt's text, as the reference has them.</summary>
    public virtual int[] Tokenize(string prompt) => model.Tokenizer.Encode(prompt, addSpecialTokens: true);
}
