using Kinora.Models.Adapters;
using Kinora.Models.Families;
using Kinora.Models.Weights;

namespace Kinora.Models.Tests.Adapters;

public sealed class LoraAdapterTests : IDisposable
{
    private const int Rank = 3;
    private const double Alpha = 6;
    private const string Query = "model.layers.0.self_attn.q_proj";
    private const string Value = "model.layers.1.self_attn.v_proj";
    private const string Projector = "multi_modal_projector.linear_1";

    private readonly VisionLanguageModel model = ModelLoader.Load(Fixture.At("tarsier-7b", "checkpoint"));

    public void Dispose() => model.Dispose();

    [Theory]
    [InlineData("base_model.model.language_model." + Query, ".lora_A.weight", ".lora_B.weight")] // the whole model wrapped
    [InlineData("base_model.model." + Query, ".lora_A.weight", ".lora_B.weight")] // the decoder wrapped alone
    [InlineData("language_model.base_model.model." + Query, ".lora_A.default.weight", ".lora_B.default.weight")] // PLLaVA's
    public void Each_spelling_finds_its_layer(string stored, string down, string up)
    {
        var layer = Layer("language_model." + Query);
        var before = Merged(layer);
        using var files = new AdapterFiles();
        var (a, b) = (files.Add(stored + down, Rank, layer.Weight.Shape.Last), files.Add(stored + up, layer.Weight.Shape.Rows, Rank));
        using var adapter = LoraAdapter.Load(files.Write().Path);
        adapter.Attach(model);
        Close(Plus(before, Alpha / Rank, a, b), Merged(layer));
        Assert.Equal(layer.Name, Assert.Single(model.Weights.Layers.Values, one => one.Adapters.Count > 0).Name);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(1)]
    public void Strength_multiplies_the_update_and_mixes_layers_that_were_trained_along(double strength)
    {
        var (adapted, replaced) = (Layer("language_model." + Query), Layer(Projector));
        var (before, own, bias) = (Merged(adapted), Merged(replaced), replaced.Bias!.AsSpan().ToArray());
        using var files = new AdapterFiles();
        var (a, b) = Pair(files, Query);
        var weight = files.Add($"base_model.model.{Projector}.weight", replaced.Weight.Shape.Rows, replaced.Weight.Shape.Last);
        var other = files.Add($"base_model.model.{Projector}.bias", bias.Length);
        using var adapter = LoraAdapter.Load(files.Write().Path);
        adapter.Attach(model, strength);
        Close(Plus(before, strength * Alpha / Rank, a, b), Merged(adapted));
        Close(Mixed(own, weight, strength), Merged(replaced));
        Close(Mixed(bias, other, strength), replaced.Bias!.AsSpan().ToArray());
    }

    [Fact]
    public void Two_adapters_add_up()
    {
        var layer = Layer("language_model." + Query);
        var before = Merged(layer);
        using var files = new AdapterFiles();
        var (a, b) = Pair(files, Query);
        using var first = LoraAdapter.Load(files.Write().Path);
        using var second = LoraAdapter.Load(files.Path);
        first.Attach(model, 0.25);
        second.Attach(model, 0.5);
        Close(Plus(before, 0.75 * Alpha / Rank, a, b), Merged(layer));
    }

    [Theory]
    [InlineData("""{"lora_alpha": 6, "use_rslora": true}""", 3.4641016151377544, 3.4641016151377544)] // alpha / sqrt(rank)
    [InlineData("""{"lora_alpha": 6, "alpha_pattern": {"q_proj": 12}}""", 4, 2)] // from a dot on
    [InlineData("""{"lora_alpha": 6, "alpha_pattern": {"proj": 12}}""", 2, 2)] // not within a word
    [InlineData("""{"lora_alpha": 6, "alpha_pattern": {"model.layers.1.self_attn.v_proj": 3}}""", 2, 1)]
    [InlineData("""{"lora_alpha": 6, "alpha_pattern": {"layers.[0-9].*_proj": 9, "q_proj": 12}}""", 3, 3)] // a regular expression; the first that fits
    public void Settings_decide_the_scale_of_each_layer(string config, double query, double value)
    {
        using var files = new AdapterFiles(config);
        Pair(files, Query);
        Pair(files, Value);
        using var adapter = LoraAdapter.Load(files.Write().Path);
        adapter.Attach(model);
        Assert.Equal(query, Assert.Single(Layer("language_model." + Query).Adapters).Scale, 6);
        Assert.Equal(value, Assert.Single(Layer("language_model." + Value).Adapters).Scale, 6);
    }

    [Fact]
    public void What_does_not_fit_is_listed_and_nothing_is_attached()
    {
        var (rows, inputs) = (Layer("language_model." + Query).Weight.Shape.Rows, Layer("language_model." + Query).Weight.Shape.Last);
        using var files = new AdapterFiles();
        Pair(files, Value);
        files.Add(Query + ".lora_A.weight", Rank, inputs + 1);
        files.Add(Query + ".lora_B.weight", rows, Rank);
        files.Add("model.layers.99.self_attn.q_proj.lora_A.weight", Rank, inputs);
        files.Add("model.layers.0.self_attn.k_proj.lora_A.weight", Rank, inputs);
        files.Add(Projector + ".weight", 2, 2);
        using var adapter = LoraAdapter.Load(files.Write().Path);
        var message = Assert.Throws<AdapterException>(() => adapter.Attach(model)).Message;
        Assert.All(
            new[] { files.TensorFile, $"{Query}.lora_A.weight [{Rank}, {inputs + 1}]", "model.layers.99", $"language_model.{Query}.lora_B without .lora_A", "k_proj.lora_A without .lora_B", $"{Projector}.weight [2, 2]" },
            part => Assert.Contains(part, message, StringComparison.Ordinal));
        Assert.DoesNotContain("v_proj", message, StringComparison.Ordinal);
        Assert.All(model.Weights.Layers.Values, layer => Assert.Empty(layer.Adapters));
    }

    [Fact]
    public void Matrices_of_different_ranks_do_not_fit()
    {
        var layer = Layer("language_model." + Query);
        using var files = new AdapterFiles();
        files.Add(Query + ".lora_A.weight", Rank, layer.Weight.Shape.Last);
        files.Add(Query + ".lora_B.weight", layer.Weight.Shape.Rows, Rank + 1);
        using var adapter = LoraAdapter.Load(files.Write().Path);
        Assert.Contains($"ranks {Rank} and {Rank + 1}", Assert.Throws<AdapterException>(() => adapter.Attach(model)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"peft_type": "LOHA", "lora_alpha": 6}""", "'peft_type' \"LOHA\"")]
    [InlineData("""{"peft_type": 5, "lora_alpha": 6}""", "'peft_type' 5")]
    [InlineData("""{"use_dora": true, "lora_alpha": 6}""", "'use_dora'")]
    [InlineData("""{"bias": "all", "lora_alpha": 6}""", "'bias' \"all\"")]
    [InlineData("""{"peft_type": "LORA"}""", "'lora_alpha'")]
    [InlineData("""{"lora_alpha": "six"}""", "'lora_alpha' \"six\"")]
    [InlineData("""{"lora_alpha": 6, "alpha_pattern": {"(": 1}}""", "\"(\" in 'alpha_pattern'")]
    [InlineData("""{"lora_alpha": 6, "alpha_pattern": {"q_proj": null}}""", "'q_proj' null")]
    public void Settings_that_mean_something_else_are_refused(string config, string part)
    {
        using var files = new AdapterFiles(config);
        Pair(files, Query);
        var message = Assert.Throws<AdapterException>(() => LoraAdapter.Load(files.Write().Path)).Message;
        Assert.Contains(files.ConfigFile, message, StringComparison.Ordinal);
        Assert.Contains(part, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(9)]
    public void PLLaVAs_layout_stores_no_alpha_and_its_projector_is_whole_whatever_that_is(double alpha)
    {
        var (adapted, replaced) = (Layer("language_model." + Query), Layer(Projector));
        var (before, own) = (Merged(adapted), Merged(replaced));
        using var files = new AdapterFiles();
        var (a, b) = (files.Add($"language_model.base_model.model.{Query}.lora_A.default.weight", Rank, adapted.Weight.Shape.Last), files.Add($"language_model.base_model.model.{Query}.lora_B.default.weight", adapted.Weight.Shape.Rows, Rank));
        var weight = files.Add($"{Projector}.weight", replaced.Weight.Shape.Rows, replaced.Weight.Shape.Last);
        using var adapter = LoraAdapter.Load(files.WriteBare().Path);
        Assert.False(adapter.StoresAlpha);
        adapter.Attach(model, 1, alpha);
        Close(Plus(before, alpha / Rank, a, b), Merged(adapted));
        Close([.. weight.Select(value => (double)value)], Merged(replaced));
        adapter.Detach();
        Assert.Equal(before, Merged(adapted));
        Assert.Equal(own, Merged(replaced));
        Assert.Empty(adapted.Adapters);
        adapter.Attach(model, 0.5);
        Close(Plus(before, 0.5 * 4 / Rank, a, b), Merged(adapted));
        Close(Mixed(own, weight, 0.5), Merged(replaced));
    }

    [Theory]
    [InlineData("language_model.base_model.model.model.layers.0.self_attn.q_proj.base_layer.weight")]
    [InlineData("language_model.model.embed_tokens.weight")]
    public void A_whole_model_is_no_adapter(string name)
    {
        using var files = new AdapterFiles();
        files.Add(name, 2, 2);
        Assert.Contains("--model", Assert.Throws<AdapterException>(() => LoraAdapter.Load(files.WriteBare().Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_adapter_without_tensors_is_refused()
    {
        using var files = new AdapterFiles().Write();
        using var adapter = LoraAdapter.Load(files.Path);
        Assert.Contains("holds no tensors", Assert.Throws<AdapterException>(() => adapter.Attach(model)).Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait(Fuzz.Trait, "adapter_config.json")]
    public void Mutants_of_the_settings_are_read_or_fail_with_the_typed_error()
    {
        const string Sound = """{"peft_type": "LORA", "r": 3, "lora_alpha": 6, "bias": "none", "use_rslora": false, "alpha_pattern": {"q_proj": 2.5, "v_.*": 1}, "use_dora": false}""";
        using var files = new AdapterFiles(Sound);
        Pair(files, Query);
        files.Write();
        Fuzz.Run("adapter_config.json", 600, random =>
        {
            File.WriteAllBytes(files.ConfigFile, Fuzz.Damage(Sound, random));
            using var mutant = LoraAdapter.Load(files.Path);
            mutant.Attach(model);
        }, error => error is AdapterException);
    }

    [Fact]
    [Trait(Fuzz.Trait, "adapter_model.safetensors")]
    public void Mutants_of_the_tensors_are_attached_or_fail_with_the_typed_error()
    {
        using var files = new AdapterFiles();
        Pair(files, Query);
        files.Add($"base_model.model.{Projector}.bias", (int)Layer(Projector).Bias!.Shape.Count);
        var sound = File.ReadAllBytes(files.Write().TensorFile);
        Fuzz.Run("adapter_model.safetensors", 150, random =>
        {
            using var other = ModelLoader.Load(Fixture.At("tarsier-7b", "checkpoint"));
            File.WriteAllBytes(files.TensorFile, Mutation.Of(sound, random));
            using var mutant = LoraAdapter.Load(files.Path);
            mutant.Attach(other);
        }, error => error is AdapterException);
    }

    private LinearLayer Layer(string name) => model.Weights.Layers[name];

    private (float[] A, float[] B) Pair(AdapterFiles files, string name)
    {
        var shape = Layer("language_model." + name).Weight.Shape;
        return (files.Add($"base_model.model.{name}.lora_A.weight", Rank, shape.Last), files.Add($"base_model.model.{name}.lora_B.weight", shape.Rows, Rank));
    }

    private static float[] Merged(LinearLayer layer)
    {
        using var merged = LoraMerge.Of(layer);
        return merged.AsSpan().ToArray();
    }

    /// <summary>W + scale B A, in double precision.</summary>
    private static double[] Plus(float[] weight, double scale, float[] a, float[] b)
    {
        var inputs = a.Length / Rank;
        return [.. weight.Select((value, i) => value + (scale * Enumerable.Range(0, Rank).Sum(rank => (double)b[(i / inputs * Rank) + rank] * a[(rank * inputs) + (i % inputs)])))];
    }

    private static double[] Mixed(float[] own, float[] learnt, double strength) => [.. own.Zip(learnt, (left, right) => ((1 - strength) * left) + (strength * right))];

    private static void Close(double[] expected, float[] found)
    {
        Assert.Equal(expected.Length, found.Length);
        Assert.True(expected.Zip(found, (left, right) => Math.Abs(left - right)).Max() < 1e-5, "values differ");
    }
}
