using Kinora.Models.Conversations;
using Kinora.Models.Families;
using Kinora.Models.Generation;
using Kinora.Models.Inputs;
using Kinora.Models.Planning;
using Kinora.Tensors;

namespace Kinora.Models.Describing;

/// <summary>A conversation about one input. Frames and earlier turns stay in the cache, so a question costs only its own tokens.</summary>
/// <remarks>Ids that the model wrote stay as they are; the reference writes them as text and tokenises that again, which can give other ids for the same text.</remarks>
public sealed class ChatSession : IDisposable
{
    private readonly VisionLanguageModel model;
    private readonly List<Turn> turns = [];
    private readonly IReadOnlyList<VisualMedia> media;
    private readonly StorageFormat? cacheFormat;
    private Session session;
    private int? unread;

    /// <summary>Begins a conversation.</summary>
    /// <param name="model">The model; not owned.</param>
    /// <param name="media">What it is about; may be nothing.</param>
    /// <param name="cacheFormat">How what was read is kept, see <see cref="GenerationOptions.Cache"/>.</param>
    /// <exception cref="GenerationException">The model's heads are no whole blocks of the format.</exception>
    public ChatSession(VisionLanguageModel model, IReadOnlyList<VisualMedia> media, StorageFormat? cacheFormat = null)
    {
        (this.model, this.media, this.cacheFormat) = (model, media, cacheFormat);
        session = NewSession();
    }

    /// <summary>What was said so far.</summary>
    public IReadOnlyList<Turn> Turns => turns;

    /// <summary>Places of the sequence in the cache.</summary>
    public int Length => session.Length;

    /// <summary>Places that the last question had to read, its frames included if it was the first.</summary>
    public int LastRead { get; private set; }

    /// <summary>Asks and answers. If it is cancelled or fails, the conversation is as before the question.</summary>
    /// <param name="question">What the user typed.</param>
    /// <param name="options">How to write.</param>
    /// <param name="text">The answer piece by piece; in one piece where the model's family changes answers.</param>
    /// <param name="progress">How far it is.</param>
    /// <param name="cancellation">Ends it between layers.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="DescribeException">The question is too long, the conversation doesn't fit the memory, or the tokenizer is of another model.</exception>
    /// <exception cref="GenerationException">An option can't be used, or the model's scores are no numbers.</exception>
    public string Ask(string question, GenerationOptions options, Action<string>? text = null, Action<DescribeProgress>? progress = null, CancellationToken cancellation = default)
    {
        options.Validate();
        TypedText.Checked(question);
        var (idsBefore, lengthBefore, unreadBefore) = (session.Ids.Count, session.Length, unread);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        try
        {
            Read(question, options, (phase, done, total) => progress?.Invoke(new(phase, done, total, clock.Elapsed)), cancellation);
            LastRead = session.Length - lengthBefore;
            var filter = model.AnswerFilter;
            var result = TextGenerator.Generate(session, options with { EndIds = model.EndIds }, piece => (filter is null ? text : null)?.Invoke(piece.Text), cancellation);
            var answer = filter?.Invoke(result.Text) ?? result.Text;
            if (filter is not null)
            {
                text?.Invoke(answer);
            }

            // The last id was chosen but not read: an end mark comes back with the next question, anything else must be read before it.
            unread = model.EndIds.Contains(result.Ids[^1]) ? null : result.Ids[^1];
            turns.Add(new Turn(Role.User, question));
            turns.Add(new Turn(Role.Assistant, answer));
            return answer;
        }
        catch
        {
            session.Rewind(idsBefore, lengthBefore);
            unread = unreadBefore;
            throw;
        }
    }

    /// <summary>Forgets what was said; the pictures stay.</summary>
    public void Reset()
    {
        session.Dispose();
        session = NewSession();
        turns.Clear();
        unread = null;
    }

    /// <inheritdoc/>
    public void Dispose() => session.Dispose();

    private Session NewSession() => new(model, cacheFormat: cacheFormat);

    private void Read(string question, GenerationOptions options, Action<DescribePhase, int, int> progress, CancellationToken cancellation)
    {
        if (turns.Count == 0)
        {
            new Opening(model, question, media).Read(session, options, progress, cancellation);
            return;
        }

        int[] next = [.. unread is { } id ? [id] : Array.Empty<int>(), .. model.Tokenize(model.NextPrompt(question), begins: false)];
        Opening.RequireRows(model, next);
        Opening.RefuseLonger(session, (long)next.Length + options.MaxNewTokens, AvailableMemory.Headroom());
        session.Reserve(next.Length + TextGenerator.Room(options));
        session.Read(next, null, done => progress(DescribePhase.Read, done, next.Length), cancellation);
    }
}
