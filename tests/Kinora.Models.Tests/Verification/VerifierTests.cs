using System.Text.Json.Nodes;
using Kinora.Models.Checkpoints;
using Kinora.Models.Verification;
using Kinora.Models.Weights;

namespace Kinora.Models.Tests.Verification;

public class VerifierTests
{
    [Theory]
    [InlineData("tarsier-7b", 15, 240)]
    [InlineData("tarsier-34b", 8, 184)]
    [InlineData("tarsier-7b-bf16", 6, 152)]
    [InlineData("toybox-bootstrap", 60, 185)]
    [InlineData("llava-15", 2, 34)]
    [InlineData("sharegpt4video-8b", 9, 200)]
    [InlineData("sharecaptioner", 10, 199)]
    [InlineData("tarsier2", 12, 197)]
    [InlineData("qwen2vl", 8, 125)]
    [InlineData("pllava-7b", 10, 81)]
    public async Task Golden_directories_pass_with_everything_compared(string name, int cases, int stored)
    {
        var report = await Verifier.RunAsync(Fixture.At(name), cancellation: TestContext.Current.CancellationToken);
        Assert.All(report.Cases, golden => Assert.True(golden.Passed, Describe(golden)));
        Assert.Equal(cases, report.Cases.Count);
        Assert.Equal(stored, report.Cases.Sum(golden => golden.Stored));
        Assert.All(report.Cases, golden => Assert.Equal(golden.Stored, golden.Compared));
    }

    [Theory]
    [InlineData(WeightFormat.F32)]
    [InlineData(WeightFormat.BF16)]
    [InlineData(WeightFormat.Q8_0)]
    [InlineData(WeightFormat.Q4_0)]
    public async Task Rounded_weights_stay_within_what_the_format_costs(WeightFormat format)
    {
        var report = await Verifier.RunAsync(Fixture.At("toybox-bootstrap"), format, cancellation: TestContext.Current.CancellationToken);
        Assert.All(report.Cases, golden => Assert.True(golden.Passed, Describe(golden)));
        var logits = report.Cases[0].Comparisons.First(comparison => comparison.Tensor == "logits").Error;
        var (least, most) = format switch { WeightFormat.F32 => (0, 2e-5), WeightFormat.BF16 => (1e-4, 0.02), WeightFormat.Q8_0 => (1e-4, 0.03), _ => (1e-2, 0.5) };
        Assert.InRange(logits, least, most);
    }

    [Theory]
    [InlineData("pixel_values", "describe")]
    [InlineData("vision_output", "describe")]
    [InlineData("connector_output", "describe")]
    [InlineData("inputs_embeds", "describe")]
    [InlineData("layer_0_output", "describe")]
    [InlineData("final_norm_output", "describe")]
    [InlineData("logits", "describe")]
    [InlineData("logits_r13", "sampling")]
    [InlineData("probs_t07_k50_p09", "sampling")]
    [InlineData("beam_scores", "beam-image")]
    public async Task One_value_off_by_one_percent_fails(string tensor, string name)
    {
        using var copy = new GoldenCopy("tarsier-7b");
        copy.Change($"expected-{name}.safetensors", tensor, (floats, _) => floats[Array.IndexOf(floats, floats.MaxBy(Math.Abs))] *= 1.01f);
        await FailsAsync(copy, name, tensor);
    }

    [Theory]
    [InlineData("tarsier2", "pixel_values", "enlarge")]
    [InlineData("tarsier2", "capped_frame_0", "shrink")]
    [InlineData("tarsier2", "vision_rotary_angles", "image")]
    [InlineData("tarsier2", "patch_embed_output", "image")]
    [InlineData("tarsier2", "vision_block_0_output", "image")]
    [InlineData("tarsier2", "step_logits", "prefix")]
    [InlineData("tarsier2", "beam_score", "beam")]
    [InlineData("qwen2vl", "pixel_values_videos", "video")]
    [InlineData("qwen2vl", "vision_output_images", "image-and-video")]
    [InlineData("qwen2vl", "connector_output_videos", "image-and-video")]
    [InlineData("qwen2vl", "logits", "text")]
    public async Task One_value_of_pictures_of_any_size_off_by_one_percent_fails(string directory, string tensor, string name)
    {
        using var copy = new GoldenCopy(directory);
        copy.Change($"expected-{name}.safetensors", tensor, (floats, _) => floats[Array.IndexOf(floats, floats.MaxBy(Math.Abs))] *= 1.01f);
        var golden = (await Verifier.RunAsync(copy.Path)).Cases.Single(golden => golden.Name == name);

        // Parts that are stored apart are compared joined.
        var joined = tensor.Replace("_videos", "", StringComparison.Ordinal).Replace("_images", "", StringComparison.Ordinal);
        Assert.Contains(golden.Comparisons, comparison => comparison.Tensor == joined && !comparison.Passed);
    }

    [Theory]
    [InlineData("tarsier2", "image_grid_thw", "mixed")]
    [InlineData("tarsier2", "cu_seqlens", "mixed")]
    [InlineData("tarsier2", "position_ids", "prefix")]
    [InlineData("tarsier2", "position_ids", "text")]
    [InlineData("tarsier2", "rope_deltas", "two-turn")]
    [InlineData("tarsier2", "generated_ids", "beam")]
    [InlineData("qwen2vl", "video_grid_thw", "image-and-video")]
    [InlineData("qwen2vl", "cu_seqlens_videos", "image-and-video")]
    [InlineData("qwen2vl", "input_ids", "two-images")]
    public async Task One_number_of_a_layout_changed_fails(string directory, string tensor, string name)
    {
        using var copy = new GoldenCopy(directory);
        copy.Change($"expected-{name}.safetensors", tensor, (_, ids) => ids[^1]++);
        var golden = (await Verifier.RunAsync(copy.Path)).Cases.Single(golden => golden.Name == name);
        Assert.Contains(golden.Comparisons, comparison => comparison.Tensor == tensor && !comparison.Passed);
    }

    [Theory]
    [InlineData("picture_cases", "size", "pictures")]
    [InlineData("smart_resize_cases", "result", "smart resize")]
    [InlineData("frame_choice_cases", "indices", "frame choice")]
    [InlineData("tokenizer_cases", "ids", "tokenizer")]
    public async Task One_number_of_a_list_changed_fails(string list, string key, string name)
    {
        using var copy = new GoldenCopy("tarsier2");
        copy.Edit(manifest =>
        {
            manifest["cases"] = new JsonArray();
            var numbers = manifest[list]![2]![key]!.AsArray();
            numbers[^1] = (int)numbers[^1]! + 1;
        });
        var report = await Verifier.RunAsync(copy.Path);
        Assert.Equal([name], report.Cases.Where(golden => !golden.Passed).Select(golden => golden.Name));
    }

    [Theory]
    [InlineData("layer_0_q_proj", "alpha-32")]
    [InlineData("layer_0_v_proj", "alpha-32")]
    [InlineData("logits_last", "chat-turn2")]
    [InlineData("connector_output", "two-videos")]
    [InlineData("sample_probs_t1.5_k5", "sampling")]
    public async Task One_value_of_PLLaVA_off_by_one_percent_fails(string tensor, string name)
    {
        using var copy = new GoldenCopy("pllava-7b");
        copy.Change($"expected-{name}.safetensors", tensor, (floats, _) => floats[Array.IndexOf(floats, floats.MaxBy(Math.Abs))] *= 1.01f);
        await FailsAsync(copy, name, tensor);
    }

    [Theory]
    [InlineData("lora_alpha", "5", "layer_0_q_proj", "alpha-32")]
    [InlineData("pooling_shape", "[3, 4, 3]", "connector_output", "few-frames")]
    [InlineData("num_frames", "4", "text", "one-frame")]
    [InlineData("template", "\"eval_videoqabench\"", "prompt", "few-frames")]
    [InlineData("flow", "\"eval\"", "prompt", "chat-turn1")]
    [InlineData("answer", "\"movCXq*@])\"", "answer", "chat-turn1")]
    [InlineData("beam_upstream_frame_order", "false", "beam_ids", "beam-upstream")]
    [InlineData("videos", "[[\"inputs/e0.png\"]]", "text", "two-videos")]
    [InlineData("template", "\"other\"", "text", "beam")]
    [InlineData("pooling_shape", "[4, 3]", "text", "beam")]
    [InlineData("adapter", "\"inputs\"", "text", "beam")]
    public async Task Another_setting_of_a_case_of_PLLaVA_fails_alone(string key, string value, string what, string name)
    {
        using var copy = new GoldenCopy("pllava-7b");
        copy.Edit(manifest => manifest["cases"]!.AsArray().Single(golden => (string?)golden!["name"] == name)![key] = JsonNode.Parse(value));
        await FailsAsync(copy, name, what);
    }

    [Fact]
    public async Task An_ordinary_value_off_by_one_percent_fails_too()
    {
        using var copy = new GoldenCopy("tarsier-7b");
        copy.Change("expected-describe.safetensors", "logits", (floats, _) => floats[1234] *= 1.01f);
        await FailsAsync(copy, "describe", "logits");
    }

    [Theory]
    [InlineData("input_ids", "describe")]
    [InlineData("generated_ids", "chat-turn2")]
    [InlineData("beam_2_ids", "beam-image")]
    [InlineData("generated_1_ids", "batch")]
    [InlineData("position_ids", "batch")]
    public async Task One_id_changed_fails(string tensor, string name)
    {
        using var copy = new GoldenCopy("tarsier-7b");
        copy.Change($"expected-{name}.safetensors", tensor, (_, ids) => ids[^1]++);
        await FailsAsync(copy, name, tensor);
    }

    [Theory]
    [InlineData("generated_ids", "describe")]
    [InlineData("beam_ids", "beam-frames")]
    [InlineData("probs_t15_k5", "sampling")]
    [InlineData("generated_0_ids", "batch")]
    public async Task A_tensor_missing_from_the_expected_file_fails(string tensor, string name)
    {
        using var copy = new GoldenCopy("tarsier-7b");
        copy.Rename($"expected-{name}.safetensors", tensor, null);
        await FailsAsync(copy, name, $"{tensor} (missing from the file)");
    }

    [Fact]
    public async Task A_stored_tensor_that_nothing_computes_fails()
    {
        using var copy = new GoldenCopy("tarsier-7b");
        copy.Rename("expected-text.safetensors", "layer_0_output", "layer_7_output");
        await FailsAsync(copy, "text", "layer_7_output");
    }

    [Fact]
    public async Task A_tensor_missing_from_the_checkpoint_is_named()
    {
        using var copy = new GoldenCopy("tarsier-34b");
        copy.Rename("checkpoint/model.safetensors", "language_model.model.norm.weight", null);
        var error = await Assert.ThrowsAsync<CheckpointException>(() => Verifier.RunAsync(copy.Path));
        Assert.Contains("language_model.model.norm.weight", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_weight_off_by_one_percent_fails()
    {
        using var copy = new GoldenCopy("tarsier-34b");
        copy.Change("checkpoint/model.safetensors", "language_model.model.norm.weight", (floats, _) => floats[3] *= 1.01f);
        var report = await Verifier.RunAsync(copy.Path);
        Assert.False(report.Passed);
    }

    [Fact]
    public async Task An_unknown_mode_can_not_be_run_and_fails()
    {
        using var copy = new GoldenCopy("tarsier-7b");
        copy.Edit(manifest => manifest["cases"]![0]!["generate"]!["mode"] = "greedy-but-better");
        var report = await Verifier.RunAsync(copy.Path);
        var golden = report.Cases.Single(golden => golden.Name == "describe");
        Assert.False(report.Passed);
        Assert.Contains("greedy-but-better", golden.Failure, StringComparison.Ordinal);
        Assert.NotEmpty(golden.NotCompared);
        Assert.All(report.Cases.Where(other => other != golden), other => Assert.True(other.Passed));
    }

    [Theory]
    [InlineData("frames")]
    [InlineData("prompt")]
    [InlineData("text")]
    [InlineData("expected")]
    public async Task A_damaged_case_fails_alone(string key)
    {
        using var copy = new GoldenCopy("tarsier-7b");
        copy.Edit(manifest => manifest["cases"]![0]![key] = key == "frames" ? new JsonArray("inputs/none.png") : "another");
        var report = await Verifier.RunAsync(copy.Path);
        Assert.False(report.Passed);
        Assert.Equal(report.Cases.Count - 1, report.Cases.Count(golden => golden.Passed));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"checkpoint\": 3, \"cases\": []}")]
    [InlineData("{\"checkpoint\": \"checkpoint\", \"cases\": 3}")]
    public async Task A_manifest_that_is_none_is_refused(string json)
    {
        using var copy = new GoldenCopy("tarsier-34b");
        File.WriteAllText(Path.Combine(copy.Path, "golden.json"), json);
        var error = await Assert.ThrowsAsync<VerificationException>(() => Verifier.RunAsync(copy.Path));
        Assert.Contains("golden.json", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_cases_is_no_success()
    {
        using var copy = new GoldenCopy("tarsier-34b");
        copy.Edit(manifest =>
        {
            foreach (var key in new[] { "preprocess", "tokenizer", "prompts" })
            {
                manifest.AsObject().Remove(key);
            }

            manifest["cases"] = new JsonArray();
        });
        Assert.False((await Verifier.RunAsync(copy.Path)).Passed);
    }

    private static async Task FailsAsync(GoldenCopy copy, string name, string tensor)
    {
        var report = await Verifier.RunAsync(copy.Path);
        Assert.False(report.Passed);
        var golden = Assert.Single(report.Cases, golden => !golden.Passed);
        Assert.Equal(name, golden.Name);
        Assert.True(golden.NotCompared.Contains(tensor) || golden.Comparisons.Any(comparison => comparison.Tensor == tensor && !comparison.Passed), Describe(golden));
    }

    private static string Describe(CaseReport golden)
        => $"{golden.Name}: {golden.Failure} {string.Join("; ", golden.Comparisons.Where(comparison => !comparison.Passed))} not compared: {string.Join(", ", golden.NotCompared)}";
}
