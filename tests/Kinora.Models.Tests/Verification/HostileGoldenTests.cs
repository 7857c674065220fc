using System.Text.Json.Nodes;
using Kinora.Media;
using Kinora.Models.Checkpoints;
using Kinora.Models.Describing;
using Kinora.Models.Families;
using Kinora.Models.Generation;
using Kinora.Models.Tokenization;
using Kinora.Models.Verification;
using Kinora.Models.Weights;
using Kinora.Tensors;

namespace Kinora.Models.Tests.Verification;

/// <summary>Seeded damage to the files of a golden directory: typed exceptions or a failed case come out, soon and without much memory.</summary>
public class HostileGoldenTests
{
    private const int Mutants = 1500;

    [Theory]
    [InlineData("tarsier-34b", "config.json")]
    [InlineData("tarsier-34b", "preprocessor_config.json")]
    [InlineData("tarsier-34b", "generation_config.json")]
    [InlineData("tarsier2", "config.json")]
    [InlineData("tarsier2", "preprocessor_config.json")]
    [InlineData("tarsier2", "processor_config.json")]
    [InlineData("tarsier2", "chat_template.json")]
    [InlineData("qwen2vl", "config.json")]
    [Trait(Fuzz.Trait, "settings")]
    public void A_damaged_setting_loads_or_is_refused(string directory, string file)
    {
        using var copy = new GoldenCopy(directory);
        var checkpoint = Path.Combine(copy.Path, "checkpoint");
        var path = Path.Combine(checkpoint, file);
        if (!File.Exists(path))
        {
            File.WriteAllText(path, """{"bos_token_id": 1, "eos_token_id": [2, 7], "pad_token_id": 0, "transformers_version": "4.44.2"}""");
        }

        var sound = File.ReadAllText(path);
        Fuzz.Run(file, directory == "tarsier-34b" ? Mutants : Mutants / 3, random =>
        {
            File.WriteAllBytes(path, Fuzz.Damage(sound, random));
            using var model = ModelLoader.Load(checkpoint, (WeightFormat)random.Next(5));
        }, IsTyped);
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("processor_config.json")]
    [Trait(Fuzz.Trait, "settings")]
    public void A_damaged_setting_of_PLLaVA_loads_or_is_refused(string file)
    {
        using var copy = new GoldenCopy("pllava-7b");
        var checkpoint = Path.Combine(copy.Path, "checkpoint");
        var path = Path.Combine(checkpoint, file);
        var sound = File.ReadAllText(path);
        Fuzz.Run($"PLLaVA's {file}", Mutants / 4, random =>
        {
            File.WriteAllBytes(path, Fuzz.Damage(sound, random));
            using var model = ModelLoader.Load(checkpoint, (WeightFormat)random.Next(5));
            model.Plan([new(3, 40, 30, IsVideo: true)]);
        }, IsTyped);
    }

    [Fact]
    [Trait(Fuzz.Trait, "golden.json")]
    public void A_damaged_case_of_PLLaVA_gives_a_report_or_is_refused()
    {
        using var copy = new GoldenCopy("pllava-7b");
        var path = Path.Combine(copy.Path, "golden.json");
        copy.Edit(manifest => manifest["cases"] = new JsonArray(manifest["cases"]!.AsArray().Where(golden => (string?)golden!["name"] is "beam-upstream" or "two-videos").Select(golden => golden!.DeepClone()).ToArray()));
        var sound = File.ReadAllText(path);
        Fuzz.Run("PLLaVA's golden.json", Mutants / 30, random =>
        {
            File.WriteAllBytes(path, Fuzz.Damage(sound, random));
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            Verifier.RunAsync(copy.Path, cancellation: limit.Token).GetAwaiter().GetResult();
        }, IsTyped);
    }

    [Fact]
    [Trait(Fuzz.Trait, "yaml")]
    public void Damaged_yaml_is_read_or_refused()
    {
        using var directory = new TemporaryDirectory();
        const string Sound = """
            max_n_frames: 256
            n_frames: [16, 8] # as published
            video_sampling_strategy:
              video_sampler_version: 'v1'
              force_frames_n_divisible: 1
            prompt: "a \u00e9"
            other: |
              block
              text
            """;
        Fuzz.Run("yaml", Mutants, random => Tarsier2Settings.Load(Path.GetDirectoryName(directory.Write("tarser2_default_config.yaml", Mutation.Of(System.Text.Encoding.UTF8.GetBytes(Sound), random)))!), IsTyped);
    }

    [Fact]
    [Trait(Fuzz.Trait, "golden.json with parts")]
    public void A_damaged_manifest_with_parts_and_lists_gives_a_report_or_is_refused()
    {
        using var copy = new GoldenCopy("tarsier2");
        var path = Path.Combine(copy.Path, "golden.json");
        copy.Edit(manifest =>
        {
            foreach (var list in new[] { "smart_resize_cases", "frame_choice_cases", "tokenizer_cases", "picture_cases" })
            {
                manifest[list] = new JsonArray([.. manifest[list]!.AsArray().Take(3).Select(entry => entry!.DeepClone())]);
            }

            manifest["cases"] = new JsonArray([.. manifest["cases"]!.AsArray().Where(golden => (string?)golden!["name"] is "shrink").Select(golden => golden!.DeepClone())]);
        });
        var sound = File.ReadAllText(path);
        Fuzz.Run("golden.json with parts", Mutants / 15, random =>
        {
            File.WriteAllBytes(path, Fuzz.Damage(sound, random));
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            Verifier.RunAsync(copy.Path, cancellation: limit.Token).GetAwaiter().GetResult();
        }, IsTyped);
    }

    [Fact]
    [Trait(Fuzz.Trait, "golden.json")]
    public async Task A_damaged_manifest_gives_a_report_or_is_refused()
    {
        using var copy = new GoldenCopy("tarsier-34b");
        var path = Path.Combine(copy.Path, "golden.json");
        copy.Edit(ModesInSmall);
        WriteExpected(Path.Combine(copy.Path, "small.safetensors"));
        Assert.Equal(4, (await Verifier.RunAsync(copy.Path)).Cases.Count(golden => golden.Failure is null));
        var sound = File.ReadAllText(path);
        Fuzz.Run("golden.json", Mutants, random =>
        {
            File.WriteAllBytes(path, Fuzz.Damage(sound, random));
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            Verifier.RunAsync(copy.Path, cancellation: limit.Token).GetAwaiter().GetResult();
        }, IsTyped);
    }

    [Theory]
    [Trait(Fuzz.Trait, "golden lists")]
    [InlineData("expected-prompts.json")]
    [InlineData("expected-tokenizer.json")]
    public void A_damaged_list_gives_a_report(string file)
    {
        using var copy = new GoldenCopy("tarsier-34b");
        copy.Edit(manifest =>
        {
            manifest.AsObject().Remove("preprocess");
            manifest["cases"] = new JsonArray();
        });
        var path = Path.Combine(copy.Path, file);
        var sound = File.ReadAllText(path);
        Fuzz.Run(file, Mutants / 4, random =>
        {
            File.WriteAllBytes(path, Fuzz.Damage(sound, random));
            var report = Verifier.RunAsync(copy.Path).GetAwaiter().GetResult();
            Assert.Equal(2, report.Cases.Count);
            if (!report.Passed)
            {
                throw new VerificationException(report.Cases.First(golden => !golden.Passed).Failure ?? "a comparison failed");
            }
        }, IsTyped);
    }

    [Theory]
    [InlineData("{\"mode\": \"greedy\", \"max_new_tokens\": 2147483647}", null)]
    [InlineData("{\"mode\": \"greedy\", \"max_new_tokens\": -1}", "MaxNewTokens")]
    [InlineData("{\"mode\": \"beam\", \"num_beams\": 1000, \"max_new_tokens\": 5}", "num_beams")]
    [InlineData("{\"mode\": \"beam\", \"num_beams\": 3, \"max_new_tokens\": 2147483647}", "max_new_tokens")]
    public async Task Limits_that_would_take_days_are_not_run(string generate, string? failure)
    {
        using var copy = new GoldenCopy("tarsier-34b");
        copy.Edit(manifest => Only(manifest, "chat-turn1")["generate"] = JsonNode.Parse(generate));
        var golden = Assert.Single((await Verifier.RunAsync(copy.Path)).Cases);
        if (failure is null)
        {
            Assert.Null(golden.Failure);
            Assert.DoesNotContain(golden.Comparisons, comparison => comparison.Tensor == "input_ids" && !comparison.Passed);
        }
        else
        {
            Assert.Contains(failure, golden.Failure, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("frames", "../inputs/f0.png")]
    [InlineData("frames", "/dev/zero")]
    [InlineData("expected", "../expected-image.safetensors")]
    [InlineData("expected", "/dev/stdin")]
    public async Task Files_outside_of_the_directory_are_not_opened(string key, string file)
    {
        using var copy = new GoldenCopy("tarsier-34b");
        copy.Edit(manifest => Only(manifest, "image")[key] = key == "frames" ? new JsonArray(file) : file);
        var golden = Assert.Single((await Verifier.RunAsync(copy.Path)).Cases);
        Assert.Contains("leads out of the golden directory", golden.Failure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/inputs/..")]
    [InlineData("/inputs/../")]
    public async Task The_directory_may_be_named_in_any_way(string end)
    {
        using var copy = new GoldenCopy("tarsier-34b");
        copy.Edit(manifest => Only(manifest, "image"));
        Assert.True((await Verifier.RunAsync(copy.Path + end)).Passed);
        var relative = Path.GetRelativePath(Environment.CurrentDirectory, copy.Path);
        Assert.True((await Verifier.RunAsync(relative + end)).Passed);
    }

    [Fact]
    public async Task An_empty_prompt_is_named()
    {
        using var copy = new GoldenCopy("tarsier-34b");
        copy.Edit(manifest =>
        {
            var only = Only(manifest, "image");
            only["prompt"] = "";
            only["frames"] = new JsonArray();
        });
        var golden = Assert.Single((await Verifier.RunAsync(copy.Path)).Cases);
        Assert.Contains("no tokens", golden.Failure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("language_model.model.layers.0.self_attn.q_proj.weight")]
    [InlineData("language_model.lm_head.weight")]
    [InlineData("vision_tower.vision_model.encoder.layers.0.self_attn.k_proj.weight")]
    public async Task Weights_that_are_no_numbers_are_named(string tensor)
    {
        using var copy = new GoldenCopy("tarsier-34b");
        copy.Change("checkpoint/model.safetensors", tensor, (floats, _) => floats.AsSpan().Fill(float.NaN));
        copy.Edit(manifest => Only(manifest, "image"));
        var golden = Assert.Single((await Verifier.RunAsync(copy.Path)).Cases);
        Assert.Contains("weights are damaged", golden.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stored_ids_beyond_the_vocabulary_are_named()
    {
        using var copy = new GoldenCopy("tarsier-34b");
        copy.Edit(manifest => Only(manifest, "image"));
        copy.Change("expected-image.safetensors", "input_ids", (_, ids) => ids[^1] = 70_000);
        var golden = Assert.Single((await Verifier.RunAsync(copy.Path)).Cases);
        Assert.Contains("70000", golden.Failure, StringComparison.Ordinal);
        Assert.Contains("embedding table", golden.Failure, StringComparison.Ordinal);
    }

    private static bool IsTyped(Exception error)
        => error is CheckpointException or TokenizerException or VerificationException or MediaException or DescribeException or GenerationException;

    /// <summary>Numbers of the right shapes; whether they are right is not the question here.</summary>
    private static void WriteExpected(string path)
    {
        var writer = new SafetensorsWriter();
        foreach (var name in new[] { "input_ids", "generated_ids", "generated_0_ids", "generated_1_ids", "beam_ids", "beam_1_ids", "attention_mask" })
        {
            writer.Add(name, [5, 6, 7], 1, 3);
        }

        using var embeddings = Tensor.Allocate(new Shape(1, 3, 64));
        using var logits = Tensor.Allocate(new Shape(1, 1, 624));
        writer.Add("inputs_embeds", embeddings);
        writer.Add("final_norm_output", embeddings);
        writer.Add("logits", logits);
        writer.Add("probs", logits);
        writer.Write(path);
    }

    /// <summary>Leaves one case and no lists.</summary>
    private static JsonNode Only(JsonNode manifest, string name)
    {
        foreach (var key in new[] { "preprocess", "tokenizer", "prompts" })
        {
            manifest.AsObject().Remove(key);
        }

        var golden = manifest["cases"]!.AsArray().Single(golden => (string?)golden!["name"] == name)!.DeepClone();
        manifest["cases"] = new JsonArray(golden);
        return golden;
    }

    /// <summary>A case of every mode, none with pictures: decoding those takes a program and most of the time.</summary>
    private static void ModesInSmall(JsonNode manifest)
    {
        foreach (var key in new[] { "preprocess", "tokenizer", "prompts" })
        {
            manifest.AsObject().Remove(key);
        }

        manifest["cases"] = JsonNode.Parse("""
            [
              {"name": "greedy", "frames": [], "prompt": "USER: x ASSISTANT: ", "expected": "small.safetensors",
               "generate": {"mode": "greedy", "max_new_tokens": 2, "repetition_penalty": 1.1}, "text": "a", "tolerance": 0.0002},
              {"name": "beam", "frames": [], "prompt": "x", "expected": "small.safetensors",
               "generate": {"mode": "beam", "num_beams": 2, "max_new_tokens": 2, "length_penalty": 1.0, "early_stopping": false}, "tolerance": 0.0002},
              {"name": "sampling", "frames": [], "prompt": "x y", "expected": "small.safetensors",
               "processors": {"logits": {"repetition_penalty": 1.3}, "probs": {"temperature": 0.7, "top_k": 5, "top_p": 0.9}, "generated_ids": {"mode": "greedy", "max_new_tokens": 2}},
               "generate": {"mode": "processors", "max_new_tokens": 2}},
              {"name": "batch", "rows": [{"prompt": "x", "frames": []}, {"prompt": "y z", "frames": [], "text": "a"}], "expected": "small.safetensors",
               "pad_token_id": 0, "padding_side": "left", "generate": {"mode": "greedy-batch", "max_new_tokens": 2}}
            ]
            """);
    }
}
