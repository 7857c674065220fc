using System.Text.Json.Nodes;
using Kinora.Media;
using Kinora.Models.Checkpoints;
using Kinora.Models.Families;
using Kinora.Models.Tests.Families;
using Kinora.Models.Verification;
using Kinora.Tensors;

namespace Kinora.Models.Tests.Verification;

/// <summary>Golden directories whose numbers come from <see cref="PlainTarsier"/>: the verifier has to cope with other shapes than those of the recorded ones.</summary>
public class RandomGoldenTests
{
    private const string Prompt = "USER: <image> and <image><image>\nWhat happens? ASSISTANT: ";

    public static TheoryData<int, bool> Seeds
    {
        get
        {
            var seeds = new TheoryData<int, bool>();
            for (var seed = 101; seed <= 112; seed++)
            {
                seeds.Add(seed, seed % 2 == 0);
            }

            return seeds;
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task The_verifier_agrees_with_the_plain_reference(int seed, bool storedPixels)
    {
        // 600 is the tokenizer's <image>.
        using var checkpoint = new RandomTarsier(seed, 600);
        using var golden = new TemporaryDirectory();
        await WriteAsync(golden, checkpoint, storedPixels);
        var report = await Verifier.RunAsync(golden.Path);
        var only = Assert.Single(report.Cases);
        Assert.True(only.Passed, $"{only.Failure} {string.Join("; ", only.Comparisons.Where(comparison => !comparison.Passed))} not compared: {string.Join(", ", only.NotCompared)}");
        Assert.Equal(storedPixels ? 9 : 10, only.Stored);

        // The first separator's id changed: nothing before the sequence may notice, everything behind must.
        var config = Path.Combine(checkpoint.Path, "config.json");
        var changed = JsonNode.Parse(await File.ReadAllTextAsync(config))!;
        changed["image_newline_idx"] = checkpoint.Sizes.RowEndId == 20 ? 21 : 20;
        await File.WriteAllTextAsync(config, changed.ToJsonString());
        var failed = Assert.Single((await Verifier.RunAsync(golden.Path)).Cases).Comparisons.Where(comparison => !comparison.Passed).Select(comparison => comparison.Tensor).ToHashSet();
        Assert.Contains("connector_output", failed);
        Assert.Contains("inputs_embeds", failed);
        Assert.DoesNotContain("projector_output", failed);
    }

    private static async Task WriteAsync(TemporaryDirectory golden, RandomTarsier checkpoint, bool storedPixels)
    {
        var files = new[] { "f0.png", "wide.png", "gray.png" };
        using var model = ModelLoader.Load(checkpoint.Path);
        var (side, pixels) = (checkpoint.Sizes.Image, checkpoint.Pictures(3).SelectMany(picture => picture).ToArray());
        if (!storedPixels)
        {
            var pictures = new List<Picture>();
            foreach (var file in files)
            {
                File.Copy(Fixture.At("tarsier-7b", "inputs", file), golden.File(file));
                pictures.Add(await new MediaReader().ReadPictureAsync(golden.File(file)));
            }

            using var processed = model.Prepare([new(pictures, IsVideo: true)]);
            pixels = processed.Pixels.AsSpan().ToArray();
        }

        var ids = model.Tokenizer.Encode(Prompt, addSpecialTokens: true);
        Assert.Equal(3, ids.Count(id => id == 600));
        double[][] frames = [.. pixels.Chunk(pixels.Length / 3).Select(picture => picture.Select(value => (double)value).ToArray())];
        var plain = checkpoint.Reference;
        var logits = plain.Logits(frames, ids);
        var written = new List<int>();
        while (written.Count < 3 && (written.Count == 0 || !model.EndIds.Contains(written[^1])))
        {
            var scores = checkpoint.Reference.Logits(frames, [.. ids, .. written])[^1];
            scores[600] = double.NegativeInfinity;
            written.Add(Array.IndexOf(scores, scores.Max()));
        }

        var writer = new SafetensorsWriter();
        var tensors = new List<Tensor>();
        Add("pixel_values", pixels, 3, 3, side, side);
        foreach (var (name, values) in plain.Stages)
        {
            var width = name == "vision_output" ? checkpoint.Sizes.Vision : checkpoint.Sizes.Text;
            Add(name, [.. values.Select(value => (float)value)], 1, values.Length / width, width);
        }

        Add("logits", [.. logits.SelectMany(row => row).Select(value => (float)value)], 1, logits.Length, checkpoint.Sizes.Vocabulary);
        writer.Add("input_ids", [.. ids.Select(id => (long)id)], 1, ids.Length);
        writer.Add("generated_ids", [.. written.Select(id => (long)id)], written.Count);
        writer.Write(golden.File("expected.safetensors"));
        tensors.ForEach(tensor => tensor.Dispose());
        golden.Write("golden.json", new JsonObject
        {
            ["family"] = "tarsier",
            ["checkpoint"] = checkpoint.Path,
            ["cases"] = new JsonArray(new JsonObject
            {
                ["name"] = "only",
                ["frames"] = new JsonArray([.. files.Select(file => (JsonNode)file)]),
                ["pixel_values_from"] = storedPixels ? "expected" : null,
                ["prompt"] = Prompt,
                ["expected"] = "expected.safetensors",
                ["generate"] = new JsonObject { ["mode"] = "greedy", ["max_new_tokens"] = written.Count },
                ["tolerance"] = 2e-5,
            }),
        }.ToJsonString());

        void Add(string name, float[] values, params int[] shape)
        {
            tensors.Add(Tensor.From(values, new Shape(shape)));
            writer.Add(name, tensors[^1]);
        }
    }
}
