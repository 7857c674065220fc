using System.Runtime.InteropServices;
using System.Text;

namespace Kinora.Models.Generation;

/// <summary>Writes an answer: chooses tokens from a session's scores until an end mark, a stop string or the limit.</summary>
public static class TextGenerator
{
    // A limit may be far beyond what is ever written: memory for more comes when it is needed.
    private const int TokensReserved = 4096;

    /// <summary>The tokens that an answer gets room for at once, best reserved together with the prompt's.</summary>
    public static int Room(GenerationOptions options) => Math.Min(TokensReserved, options.MaxNewTokens);

    /// <summary>Writes an answer behind what the session has read.</summary>
    /// <param name="session">A session that has read a prompt. Afterwards it has read all written ids but the last.</param>
    /// <param name="options">How to write; with end ids.</param>
    /// <param name="written">Told of each token's text; with beams, of the whole text at the end.</param>
    /// <param name="cancellation">Looked at before every token and between layers.</param>
    /// <exception cref="GenerationException">An option can't be used, or the model's scores are no numbers.</exception>
    public static GenerationResult Generate(Session session, GenerationOptions options, Action<GeneratedPiece>? written = null, CancellationToken cancellation = default)
    {
        options.Validate();
        session.Operations.Cancellation = cancellation;
        return options.Beams > 1 ? Search(session, options, written, cancellation) : Write(session, options, written, cancellation);
    }

    private static GenerationResult Write(Session session, GenerationOptions options, Action<GeneratedPiece>? written, CancellationToken cancellation)
    {
        var prompt = session.Ids.Count;
        var processor = new LogitsProcessor(options);
        var sampler = options.Samples ? new Sampler(options.Seed) : null;
        var stream = session.Model.Tokenizer.CreateStream();
        var matcher = new StopStringMatcher(options.StopStrings);
        var (text, ids, finish) = (new StringBuilder(), new List<int>(Room(options)), FinishReason.Length);
        session.Reserve(Room(options));
        while (ids.Count < options.MaxNewTokens)
        {
            cancellation.ThrowIfCancellationRequested();
            if (ids.Count > 0)
            {
                session.Read(ids[^1]);
            }

            var id = Choose(session, processor, sampler, prompt, ids);
            ids.Add(id);
            if (options.EndIds.Contains(id))
            {
                finish = FinishReason.End;
                break;
            }

            Emit(matcher.Push(stream.Push(id)));
            if (matcher.Stopped)
            {
                finish = FinishReason.StopString;
                break;
            }
        }

        Emit(matcher.Push(stream.Finish()));
        if (matcher.Stopped)
        {
            finish = FinishReason.StopString;
        }

        Emit(matcher.Finish());
        return new GenerationResult(text.ToString(), ids, finish, [(ids, 0)]);

        void Emit(string piece)
        {
            text.Append(piece);
            written?.Invoke(new GeneratedPiece(piece, ids.Count));
        }
    }

    private static int Choose(Session session, LogitsProcessor processor, Sampler? sampler, int prompt, List<int> ids)
    {
        var logits = session.Logits;
        var read = CollectionsMarshal.AsSpan(session.MutableIds);
        processor.Process(logits, read[..prompt], CollectionsMarshal.AsSpan(ids));
        if (sampler is null)
        {
            return Probabilities.MostLikely(logits);
        }

        Probabilities.Softmax(logits, logits);
        return sampler.Draw(logits);
    }

    private static GenerationResult Search(Session session, GenerationOptions options, Action<GeneratedPiece>? written, CancellationToken cancellation)
    {
        var (prompt, length) = (session.Ids.Count, session.Length);
        session.Reserve(Room(options));
        var beams = BeamSearch.Run(new SessionBeams(session), CollectionsMarshal.AsSpan(session.MutableIds)[..prompt], options, cancellation);
        var best = beams[0];

        // The session goes on from the text that won.
        session.Rewind(prompt, length);
        session.ReadWritten(best.Ids.AsSpan()[..^1]);

        var matcher = new StopStringMatcher(options.StopStrings);
        var text = matcher.Push(session.Model.Tokenizer.Decode(best.Ids, skipSpecialTokens: true)) + matcher.Finish();
        written?.Invoke(new GeneratedPiece(text, best.Ids.Length));
        var finish = matcher.Stopped ? FinishReason.StopString : best.Ended ? FinishReason.End : FinishReason.Length;
        return new GenerationResult(text, best.Ids, finish, [.. beams.Select(beam => ((IReadOnlyList<int>)beam.Ids, beam.Score))]);
    }
}
