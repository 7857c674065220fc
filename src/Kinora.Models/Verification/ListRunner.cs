using System.Text.Json;
using Kinora.Media;
using Kinora.Models.Conversations;
using Kinora.Models.Families;
using Kinora.Models.Inputs;
using Kinora.Tensors;

namespace Kinora.Models.Verification;

/// <summary>Runs what a manifest lists beside its cases: preprocessing, tokenizer and prompt vectors.</summary>
internal sealed class ListRunner(VisionLanguageModel model, MediaReader media, string directory)
{
    public async Task<CaseReport> PreprocessAsync(JsonElement manifest, CancellationToken cancellation)
    {
        using var ledger = new CaseLedger(GoldenFiles.Inside(directory, Required(manifest, "expected")));
        foreach (var item in manifest.GetProperty("items").EnumerateArray())
        {
            var picture = await media.ReadPictureAsync(GoldenFiles.Inside(directory, Required(item, "file")), cancellation).ConfigureAwait(false);
            var padding = item.TryGetProperty("do_image_padding", out var value) && value.GetBoolean();
            VisualMedia[] stills = [new([picture], IsVideo: false)];
            using var input = model is Tarsier tarsier ? tarsier.Prepare(stills, padding) : model.Prepare(stills);

            // Preprocessing is whole numbers but for the last step: there is no noise to allow for.
            ledger.Compare(Required(item, "tensor"), "picture", input.Pixels.AsSpan(), 1e-7);
        }

        return ledger.Report("preprocess", null);
    }

    public CaseReport Tokenizer(string file)
    {
        using var ledger = new CaseLedger(null);
        var json = Read(file);
        var number = 0;
        foreach (var entry in json.GetProperty("encode").EnumerateArray())
        {
            var text = Required(entry, "text");
            var name = $"encode {number++}";
            Ids("ids", true);
            Ids("ids_plain", false);
            var ids = Numbers(entry.GetProperty("ids"));
            Text(entry, "decoded", name, ids, skip: false);
            Text(entry, "decoded_skip", name, ids, skip: true);

            void Ids(string key, bool special)
            {
                if (entry.TryGetProperty(key, out var value))
                {
                    ledger.Announce($"{name} {key}");
                    ledger.CompareIds($"{name} {key}", "text", model.Tokenizer.Encode(text, special), Numbers(value));
                }
            }
        }

        number = 0;
        foreach (var entry in json.GetProperty("decode").EnumerateArray())
        {
            var name = $"decode {number++}";
            var ids = Numbers(entry.GetProperty("ids"));
            Text(entry, "decoded", name, ids, skip: false);
            Text(entry, "decoded_skip", name, ids, skip: true);
        }

        return ledger.Report("tokenizer", null);

        void Text(JsonElement entry, string key, string name, int[] ids, bool skip)
        {
            if (GoldenFiles.Text(entry, key) is { } expected)
            {
                ledger.Announce($"{name} {key}");
                ledger.CompareText($"{name} {key}", "ids", model.Tokenizer.Decode(ids, skip), expected);
            }
        }
    }

    public CaseReport Prompts(string file)
    {
        using var ledger = new CaseLedger(null);
        var json = Read(file);
        var number = 0;
        foreach (var entry in json.GetProperty("one_shot").EnumerateArray())
        {
            Compare($"one-shot {number++}", entry, () => TarsierPrompt.OneShot(Required(entry, "text"), Images(entry)));
        }

        number = 0;
        foreach (var entry in json.GetProperty("chat").EnumerateArray())
        {
            var turns = entry.GetProperty("turns").EnumerateArray().Select((turn, i) => new Turn(i % 2 == 0 ? Role.User : Role.Assistant, turn.GetString() ?? throw new VerificationException("a turn is null."))).ToList();
            var endMark = TarsierPrompt.EndMark(GoldenFiles.Text(entry, "template") ?? "");
            Compare($"chat {number++}", entry, () => TarsierPrompt.Chat(turns, Images(entry), endMark));
        }

        return ledger.Report("prompts", null);

        void Compare(string name, JsonElement entry, Func<string> render)
        {
            ledger.Announce(name);
            string actual;
            try
            {
                actual = render();
            }
            catch (ArgumentException)
            {
                actual = "an error";
            }

            ledger.CompareText(name, "turns", actual, GoldenFiles.Text(entry, "prompt") ?? "an error");
        }
    }

    private JsonElement Read(string file)
    {
        const int MostBytes = 64 << 20;
        return JsonFile.ReadObject(GoldenFiles.Inside(directory, file), MostBytes, static (path, message, inner) => new VerificationException($"{path} {message}", inner));
    }

    private static string Required(JsonElement entry, string key) => GoldenFiles.Text(entry, key) ?? throw new VerificationException($"an entry has no text '{key}'.");

    private static int Images(JsonElement entry)
    {
        const int Most = 65_536;
        var images = entry.GetProperty("images").GetInt32();
        return images <= Most ? images : throw new VerificationException($"'images' is {images}; expected at most {Most}.");
    }

    private static int[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(id => id.GetInt32())];
}
