using Kinora.Models.Families;
using Kinora.Training.Data;

namespace Kinora.Training.Conversations;

/// <summary>
/// Turns a sample into ids and labels: the prompts are those of inference, tokenised in the same way, so that what is learned is what will be asked. Learned are the answers, each
/// with the mark that ends it, and nothing else. Thread-safe.
/// </summary>
public sealed class ConversationEncoder
{
    private readonly VisionLanguageModel model;
    private readonly AnswerTokenizer answers;
    private readonly int mostPositions;

    /// <summary>Prepares encoding for a model.</summary>
    /// <param name="model">The model; not owned.</param>
    /// <param name="mostPositions">The longest sequence, each picture counted with all its places; what is longer is cut at its end.</param>
    public ConversationEncoder(VisionLanguageModel model, int mostPositions)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(mostPositions, 1);
        (this.model, this.mostPositions) = (model, mostPositions);
        answers = new AnswerTokenizer(model.Tokenizer);
    }

    /// <summary>The model.</summary>
    public VisionLanguageModel Model => model;

    /// <summary>The longest sequence.</summary>
    public int MostPositions => mostPositions;

    /// <summary>Encodes a sample; of a preference pair the better answer, and then only the last answer is learned.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="pictures">The number of its pictures and frames.</param>
    /// <param name="video">Whether they are frames of a video, which decides what an empty question asks.</param>
    /// <exception cref="SampleException">Nothing is left to learn, nothing is asked, or the tokenizer is of another model.</exception>
    public EncodedSample Encode(TrainingSample sample, int pictures, bool video)
    {
        ArgumentNullException.ThrowIfNull(sample);
        return Encode(sample, pictures, video, sample.Turns[^1].Answer);
    }

    /// <summary>Encodes the worse answer of a preference pair.</summary>
    /// <inheritdoc cref="Encode(TrainingSample, int, bool)"/>
    /// <exception cref="ArgumentException">The sample is no pair.</exception>
    public EncodedSample EncodeRejected(TrainingSample sample, int pictures, bool video)
    {
        ArgumentNullException.ThrowIfNull(sample);
        return Encode(sample, pictures, video, sample.Rejected ?? throw new ArgumentException("The sample is no preference pair.", nameof(sample)));
    }

    private EncodedSample Encode(TrainingSample sample, int pictures, bool video, string lastAnswer)
    {
        var (ids, labels) = (new List<int>(), new List<int>());
        for (var turn = 0; turn < sample.Turns.Count; turn++)
        {
            var isLast = turn == sample.Turns.Count - 1;
            var learns = isLast || sample.Rejected is null;
            var prompt = Prompt(sample, turn, pictures, video, out var endsInBlank);
            var begin = 0;
            if (turn > 0)
            {
                // The mark that ends an answer is the first of what follows it.
                Add(prompt.AsSpan(0, begin = 1), sample.Rejected is null);
            }

            Add(prompt.AsSpan(begin), false);

            // Blanks around an answer are the file's, and decoding would drop the first.
            Add(answers.Encode((isLast ? lastAnswer : sample.Turns[turn].Answer).Trim(), endsInBlank), learns);
        }

        Add([model.EndIds[0]], true);
        Check(sample, ids, pictures);
        return Cut(sample, [.. ids], [.. labels], pictures);

        void Add(ReadOnlySpan<int> part, bool learned)
        {
            foreach (var id in part)
            {
                ids.Add(id);
                labels.Add(learned ? id : EncodedSample.Ignored);
            }
        }
    }

    private int[] Prompt(TrainingSample sample, int turn, int pictures, bool video, out bool endsInBlank)
    {
        var question = sample.Turns[turn].Question.Trim();
        if (question.Length == 0)
        {
            question = pictures > 0 ? model.DescribePrompt(video) : throw new SampleException(sample.Source, "it has neither a picture nor a question; expected one of them");
        }

        // The families' prompts have no place for it, and `describe` would have it typed there too.
        if (turn == 0 && sample.System is { } system && system.Trim() is { Length: > 0 } before)
        {
            question = $"{before}\n{question}";
        }

        var spans = turn == 0 ? model.FirstPrompt(question, pictures) : model.NextPrompt(question);
        endsInBlank = spans[^1].Text.EndsWith(' ');
        var ids = model.Tokenizer.Encode(spans, addSpecialTokens: turn == 0);
        return turn == 0 || model.EndIds.Contains(ids[0]) ? ids : throw new SampleException(sample.Source, $"the model's later prompts begin with the id {ids[0]}, which ends no answer; tokenizer and config.json are not of one model");
    }

    private void Check(TrainingSample sample, List<int> ids, int pictures)
    {
        var rows = model.Decoder.Config.VocabularySize;
        var stray = ids.FindIndex(id => (uint)id >= (uint)rows && id != model.ImageTokenId);
        if (stray >= 0)
        {
            throw new SampleException(sample.Source, $"the tokenizer makes the id {ids[stray]} of its text, but the model has only {rows} embeddings (vocab_size); tokenizer and config.json are not of one model");
        }

        var places = ids.Count(id => id == model.ImageTokenId);
        if (places != pictures)
        {
            throw new SampleException(sample.Source, $"the tokenizer makes {places} placeholders (id {model.ImageTokenId}) of {pictures} pictures; tokenizer and config.json are not of one model");
        }
    }

    private EncodedSample Cut(TrainingSample sample, int[] ids, int[] labels, int pictures)
    {
        var (positions, kept) = (0, 0);
        while (kept < ids.Length && Places(ids[kept]) <= mostPositions - positions)
        {
            positions += Places(ids[kept++]);
        }

        var encoded = new EncodedSample(ids[..kept], labels[..kept], pictures, positions, kept < ids.Length);
        return encoded.Learned > 0
            ? encoded
            : throw new SampleException(sample.Source, $"its prompt with {pictures} pictures fills the {mostPositions} positions that a sequence may have, nothing of the answer is left to learn; use fewer frames or a larger maximum");

        int Places(int id) => id == model.ImageTokenId ? model.VisualTokens : 1;
    }
}
