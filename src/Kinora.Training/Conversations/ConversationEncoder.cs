using Kinora.Models.Families;
using Kinora.Models.Inputs;
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
    /// <param name="media">Sizes of its pictures and videos.</param>
    /// <exception cref="SampleException">Nothing is left to learn, nothing is asked, or the tokenizer is of another model.</exception>
    public EncodedSample Encode(TrainingSample sample, IReadOnlyList<VisualShape> media)
    {
        ArgumentNullException.ThrowIfNull(sample);
        return Encode(sample, media, sample.Turns[^1].Answer);
    }

    /// <summary>Encodes the worse answer of a preference pair.</summary>
    /// <inheritdoc cref="Encode(TrainingSample, IReadOnlyList{VisualShape})"/>
    /// <exception cref="ArgumentException">The sample is no pair.</exception>
    public EncodedSample EncodeRejected(TrainingSample sample, IReadOnlyList<VisualShape> media)
    {
        ArgumentNullException.ThrowIfNull(sample);
        return Encode(sample, media, sample.Rejected ?? throw new ArgumentException("The sample is no preference pair.", nameof(sample)));
    }

    private EncodedSample Encode(TrainingSample sample, IReadOnlyList<VisualShape> media, string lastAnswer)
    {
        var (ids, labels, layout) = (new List<int>(), new List<int>(), model.Plan(media));
        for (var turn = 0; turn < sample.Turns.Count; turn++)
        {
            var isLast = turn == sample.Turns.Count - 1;
            var learns = isLast || sample.Rejected is null;
            var prompt = Prompt(sample, turn, media, layout, out var endsInBlank);
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
        Check(sample, ids, layout);
        return Cut(sample, [.. ids], [.. labels], media);

        void Add(ReadOnlySpan<int> part, bool learned)
        {
            foreach (var id in part)
            {
                ids.Add(id);
                labels.Add(learned ? id : EncodedSample.Ignored);
            }
        }
    }

    private int[] Prompt(TrainingSample sample, int turn, IReadOnlyList<VisualShape> media, VisualLayout layout, out bool endsInBlank)
    {
        var question = sample.Turns[turn].Question.Trim();
        if (question.Length == 0)
        {
            question = media.Count > 0 ? model.DescribePrompt(media.Any(one => one.IsVideo) || media.Count > 1) : throw new SampleException(sample.Source, "it has neither a picture nor a question; expected one of them");
        }

        // The families' prompts have no place for it, and `describe` would have it typed there too.
        if (turn == 0 && sample.System is { } system && system.Trim() is { Length: > 0 } before)
        {
            question = $"{before}\n{question}";
        }

        var spans = turn == 0 ? model.FirstPrompt(question, media) : model.NextPrompt(question);
        endsInBlank = spans[^1].Text.EndsWith(' ');
        var ids = model.Tokenize(spans, begins: turn == 0);
        if (turn == 0)
        {
            return model.Placeholders(ids) is var places && places == layout.Items.Count ? model.Expand(ids, layout) : throw Foreign(sample, places, layout.Items.Count);
        }

        return model.EndIds.Contains(ids[0]) ? ids : throw new SampleException(sample.Source, $"the model's later prompts begin with the id {ids[0]}, which ends no answer; tokenizer and config.json are not of one model");
    }

    private void Check(TrainingSample sample, List<int> ids, VisualLayout layout)
    {
        var rows = model.Decoder.Config.VocabularySize;
        var stray = ids.FindIndex(id => (uint)id >= (uint)rows && !model.IsPlaceholder(id));
        if (stray >= 0)
        {
            throw new SampleException(sample.Source, $"the tokenizer makes the id {ids[stray]} of its text, but the model has only {rows} embeddings (vocab_size); tokenizer and config.json are not of one model");
        }

        if (model.Placeholders([.. ids]) is var places && places != layout.Tokens)
        {
            throw Foreign(sample, places, layout.Tokens);
        }
    }

    private SampleException Foreign(TrainingSample sample, int placeholders, int wanted)
        => new(sample.Source, $"the tokenizer makes {placeholders} placeholders (id {model.ImageTokenId}) of {wanted} pictures; tokenizer and config.json are not of one model");

    private EncodedSample Cut(TrainingSample sample, int[] ids, int[] labels, IReadOnlyList<VisualShape> media)
    {
        var kept = Math.Min(ids.Length, mostPositions);
        var encoded = new EncodedSample(ids[..kept], labels[..kept], kept < ids.Length);
        return encoded.Learned > 0
            ? encoded
            : throw new SampleException(sample.Source, $"its prompt with {media.Sum(one => one.Frames)} pictures fills the {mostPositions} positions that a sequence may have, nothing of the answer is left to learn; use fewer frames or a larger maximum");
    }
}
