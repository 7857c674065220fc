using Kinora.Models.Generation;

namespace Kinora.Models.Tests.Generation;

/// <summary>A model whose logits depend on the last two tokens only; checks that it is driven as the interface says.</summary>
internal sealed class MarkovModel(int vocabulary, Func<int, int, int, float> logit) : IBeamModel
{
    private List<int>[] texts = [];

    public int VocabularySize => vocabulary;

    public int Steps { get; private set; }

    public static MarkovModel Random(int vocabulary, int seed, double spread = 2)
    {
        var random = new Random(seed);
        var table = Enumerable.Range(0, (vocabulary + 1) * (vocabulary + 1) * vocabulary).Select(_ => (float)(random.NextDouble() * spread)).ToArray();
        return new MarkovModel(vocabulary, (before, last, next) => table[(((before + 1) * (vocabulary + 1)) + last + 1) * vocabulary + next]);
    }

    public float[] LogitsAfter(IReadOnlyList<int> text)
        => [.. Enumerable.Range(0, vocabulary).Select(next => logit(text.Count > 1 ? text[^2] : -1, text.Count > 0 ? text[^1] : -1, next))];

    public void Start(int beams)
    {
        Steps = 0;
        texts = [.. Enumerable.Range(0, beams).Select(_ => new List<int>())];
    }

    public ReadOnlySpan<float> Logits(int beam) => LogitsAfter(texts[beam]);

    public void Advance(ReadOnlySpan<int> parents, ReadOnlySpan<int> tokens)
    {
        var next = new List<int>[parents.Length];
        for (var beam = 0; beam < parents.Length; beam++)
        {
            next[beam] = [.. texts[parents[beam]], tokens[beam]];
        }

        Steps++;
        texts = next;
    }
}
