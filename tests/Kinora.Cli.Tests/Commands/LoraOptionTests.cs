using System.Text;
using System.Text.Json;

namespace Kinora.Cli.Tests.Commands;

/// <summary><c>--lora DIR[:WEIGHT]</c>.</summary>
public sealed class LoraOptionTests(FinishedRun run) : IClassFixture<FinishedRun>
{
    [Fact]
    public void Weight_0_is_the_model_alone_and_the_record_says_what_was_used()
    {
        var plain = KinoraProcess.Run("describe", Repository.Clip(0), "--model", run.Model, "--json").Expect(0).Out;
        var off = KinoraProcess.Run("describe", Repository.Clip(0), "--model", run.Model, "--json", "--lora", $"{run.Adapter}:0").Expect(0).Out;
        Assert.Equal(Get(plain, "text").GetString(), Get(off, "text").GetString());
        Assert.Equal(JsonValueKind.Null, Get(plain, "model").GetProperty("lora").ValueKind);
        Assert.Equal([$"{run.Adapter}:0"], Get(off, "model").GetProperty("lora").EnumerateArray().Select(entry => entry.GetString()));
    }

    [Fact]
    public void What_was_learned_is_told_at_weight_1_and_not_at_weight_0()
    {
        var adapter = run.File("learned");
        KinoraProcess.Run(run.Train(run.RecipeFile, adapter, "--set", "lora.rank=16", "--set", "lora.alpha=32", "--set", "optimizer.learning_rate=1e-2", "--set", "steps=40", "--set", "save.every_steps=40")).Expect(0);
        Assert.Equal(Repository.GoldenText("toybox-00"), Text("0"));
        Assert.StartsWith("Text ", Text("1"), StringComparison.Ordinal);

        string Text(string weight) => KinoraProcess.Run("describe", Repository.Clip(0), "--model", run.Model, "--lora", $"{adapter}/adapter:{weight}").Expect(0).Out.Trim();
    }

    [Theory]
    [InlineData(":abc", 2, "'abc' is no weight", ":0.5")]
    [InlineData(":NaN", 2, "is no weight")]
    [InlineData("/none", 3, "does not exist", "adapter_config.json")]
    public void Weight_or_directory_that_cannot_be(string behind, int exit, params string[] parts) => KinoraProcess.Run("describe", Repository.Clip(0), "--model", run.Model, "--lora", run.Adapter + behind).ExpectError(exit, parts);

    [Fact]
    public void Adapter_that_is_cut_off()
    {
        var adapter = run.CopyAdapter("cutadapter");
        FinishedRun.CutOff(Path.Combine(adapter, "adapter_model.safetensors"), 1000);
        KinoraProcess.Run("describe", Repository.Clip(0), "--model", run.Model, "--lora", adapter).ExpectError(3, adapter, "damaged");
    }

    [Fact]
    public void Adapter_that_does_not_fit_lists_its_keys()
    {
        var adapter = run.CopyAdapter("stranger");
        var file = Path.Combine(adapter, "adapter_model.safetensors");
        var latin = Encoding.Latin1.GetString(File.ReadAllBytes(file)).Replace("layers.0.", "layers.9.", StringComparison.Ordinal);
        File.WriteAllBytes(file, Encoding.Latin1.GetBytes(latin));
        KinoraProcess.Run("chat", Repository.Clip(0), "--model", run.Model, "--lora", adapter).ExpectError(3, "doesn't fit this model: 4 of its", "layers.9.self_attn.q_proj.lora_A.weight [2, 256]", "layers.9.self_attn.v_proj.lora_B.weight");
    }

    [Fact]
    public void Adapter_with_values_that_are_no_numbers()
    {
        var adapter = run.CopyAdapter("nan");
        var file = Path.Combine(adapter, "adapter_model.safetensors");
        var bytes = File.ReadAllBytes(file);
        bytes.AsSpan(bytes.Length - 4).Fill(0xff);
        File.WriteAllBytes(file, bytes);
        KinoraProcess.Run("describe", Repository.Clip(0), "--model", run.Model, "--lora", adapter).ExpectError(3, file, "no finite numbers");
    }

    [Fact]
    public void Adapter_of_another_kind()
    {
        var adapter = run.CopyAdapter("adalora");
        var file = Path.Combine(adapter, "adapter_config.json");
        File.WriteAllText(file, File.ReadAllText(file).Replace("\"LORA\"", "\"ADALORA\"", StringComparison.Ordinal));
        KinoraProcess.Run("describe", Repository.Clip(0), "--model", run.Model, "--lora", adapter).ExpectError(3, file, "'peft_type' \"ADALORA\"", "expected \"LORA\"");
    }

    private static JsonElement Get(string json, string key) => JsonDocument.Parse(json).RootElement.GetProperty(key);
}
