using System.Text.Json;
using Kinora.Models.Tokenization;

namespace Kinora.Training.Verification;

/// <summary>A tokenizer that calls id i "&lt;i&gt;", for golden checkpoints that come without one because their ids are given.</summary>
internal static class NumberTokenizer
{
    public static Tokenizer Of(int count)
    {
        var path = Path.GetTempFileName();
        try
        {
            var vocabulary = Enumerable.Range(0, count).ToDictionary(id => $"<{id}>");
            File.WriteAllText(path, JsonSerializer.Serialize(new { model = new { type = "BPE", vocab = vocabulary, merges = Array.Empty<string>() } }));
            return Tokenizer.LoadJson(path);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
