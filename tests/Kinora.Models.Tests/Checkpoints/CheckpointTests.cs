using System.Text.Json.Nodes;
using Kinora.Models.Checkpoints;
using Kinora.Tensors;

namespace Kinora.Models.Tests.Checkpoints;

public sealed class CheckpointTests : IDisposable
{
    private const string Norm = "language_model.model.norm.weight";
    private const string Index = "model.safetensors.index.json";

    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public void Shards_open_as_one_checkpoint()
    {
        using var checkpoint = Checkpoint.Open(Fixture.At("tarsier-7b", "checkpoint"));
        var total = JsonNode.Parse(File.ReadAllText(Fixture.At("tarsier-7b", "checkpoint", Index)))!["metadata"]!["total_size"]!.GetValue<long>();
        Assert.Equal(total, checkpoint.All.Sum(entry => entry.Length));
        Assert.Equal(2, checkpoint.Config.Int("text_config.num_hidden_layers"));
        Assert.Equal(new Shape(64), checkpoint.Take(Norm, 64).Shape);
        Assert.True(checkpoint.Contains("vision_tower.vision_model.embeddings.class_embedding"));
        foreach (var entry in checkpoint.All)
        {
            checkpoint.Take(entry.Name, entry.Shape);
        }

        checkpoint.Complete();
    }

    [Theory]
    [InlineData("tarsier-34b", StorageFormat.F32)]
    [InlineData("tarsier-7b-bf16", StorageFormat.BF16)]
    public void A_single_file_opens(string fixture, StorageFormat format)
    {
        using var checkpoint = Checkpoint.Open(Fixture.At(fixture, "checkpoint"));
        Assert.Equal(format, checkpoint.Take(Norm, checkpoint.Config.Int("text_config.hidden_size")).Format);
    }

    [Fact]
    public void All_missing_and_unexpected_tensors_are_listed_in_one_error()
    {
        WriteWeights("model.safetensors", "a", "b", "extra.x", "extra.y", "stray");
        using var checkpoint = Checkpoint.Open(directory.Path);
        checkpoint.Take("a", 2);
        Assert.Null(checkpoint.TakeOptional("optional", 2));
        Assert.Equal(new Shape(7, 3), checkpoint.Take("gone", 7, 3).Shape);
        Assert.Equal(0, checkpoint.Take("lost", 100, 100).AsSpan()[9999]);
        checkpoint.Ignore("extra.", "not needed for descriptions");
        var error = Assert.Throws<CheckpointException>(checkpoint.Complete);
        Assert.Contains("2 tensors are missing: \"gone [7, 3]\", \"lost [100, 100]\"", error.Message);
        Assert.Contains("2 tensors are unexpected: \"b [2]\", \"stray [2]\"", error.Message);
        Assert.DoesNotContain("extra", error.Message);
        Assert.Equal("not needed for descriptions", checkpoint.Ignored["extra.x"]);
    }

    [Fact]
    public void Long_lists_are_cut_and_absurd_shapes_reported()
    {
        WriteWeights("model.safetensors", [.. Enumerable.Range(0, 30).Select(i => $"w{i:00}")]);
        using var checkpoint = Checkpoint.Open(directory.Path);
        var error = Assert.Throws<CheckpointException>(checkpoint.Complete);
        Assert.Contains("30 tensors are unexpected", error.Message);
        Assert.Contains("and 10 more", error.Message);
        Assert.Contains("missing", Assert.Throws<CheckpointException>(() => checkpoint.Take("huge", int.MaxValue, int.MaxValue)).Message);
    }

    [Fact]
    public void A_wrong_shape_names_tensor_and_both_shapes()
    {
        WriteWeights("model.safetensors", "a");
        using var checkpoint = Checkpoint.Open(directory.Path);
        var error = Assert.Throws<CheckpointException>(() => checkpoint.Take("a", 1, 2));
        Assert.Contains("\"a\" has the shape [2] where config.json leads to [1, 2]", error.Message);
        Assert.Contains("config.json: is missing", Assert.Throws<CheckpointException>(() => checkpoint.Config).Message);
    }

    [Fact]
    public void The_only_safetensors_file_will_do_and_deprecated_ones_are_passed_over()
    {
        WriteWeights("weights.safetensors", "a");
        directory.Write("model.safetensors-deprecated", "not even a header");
        using (var checkpoint = Checkpoint.Open(directory.Path))
        {
            Assert.True(checkpoint.Contains("a"));
        }

        WriteWeights("others.safetensors", "a");
        Assert.Contains("2 safetensors files but no", Assert.Throws<CheckpointException>(() => Checkpoint.Open(directory.Path)).Message);
    }

    [Theory]
    [InlineData("model.ckpt")]
    [InlineData("consolidated.00.pkl")]
    [InlineData("model.PICKLE")]
    public void Pickles_are_refused_with_a_remedy(string name)
    {
        directory.Write(name, "\x80\x02");
        var error = Assert.Throws<CheckpointException>(() => Checkpoint.Open(directory.Path));
        Assert.Contains("run any code", error.Message);
        Assert.Contains("convert it to safetensors", error.Message);
        Assert.Equal(directory.File(name), error.Path);
    }

    [Fact]
    public void A_directory_without_weights_or_no_directory_is_refused()
    {
        Assert.Contains("holds no weights", Assert.Throws<CheckpointException>(() => Checkpoint.Open(directory.Path)).Message);
        Assert.Contains("is no directory", Assert.Throws<CheckpointException>(() => Checkpoint.Open(directory.File("absent"))).Message);
    }

    [Theory]
    [InlineData("..\\/escape.safetensors")]
    [InlineData("/etc/escape.safetensors")]
    [InlineData("sub/model.safetensors")]
    [InlineData("sub\\model.safetensors")]
    [InlineData("C:model.safetensors")]
    [InlineData("\u007fmodel.safetensors")]
    [InlineData("\u001b[31m.safetensors")]
    [InlineData("pytorch_model.bin")]
    [InlineData("")]
    [InlineData(null)]
    public void A_shard_must_be_a_plain_file_name(string? shard)
    {
        Tamper(map => map[Norm] = shard);
        Assert.Contains("plain name", Refusal());
    }

    [Fact]
    public void A_missing_shard_is_named()
    {
        Tamper(map => map[Norm] = "model-00009-of-00009.safetensors");
        Assert.Contains("model-00009-of-00009.safetensors: this shard is missing", Refusal());
    }

    [Fact]
    public void Index_and_shards_must_agree()
    {
        Tamper(map => map.Remove(Norm));
        Assert.Contains($"holds \"{Norm}\", for which weight_map gives null", Refusal());
        Tamper(map => map["new.weight"] = "model-00001-of-00002.safetensors");
        Assert.Contains("weight_map places \"new.weight\"", Refusal());
        Tamper(map => map[Norm] = map[Norm]!.GetValue<string>().Contains("00001", StringComparison.Ordinal) ? "model-00002-of-00002.safetensors" : "model-00001-of-00002.safetensors");
        Assert.Contains("fetch index and shards of one revision", Refusal());
    }

    [Theory]
    [InlineData("""{"weight_map":[]}""", "no weight_map")]
    [InlineData("""{}""", "no weight_map")]
    [InlineData("""[]""", "object was expected")]
    [InlineData("""{"weight_map":{"a":"x.safetensors","a":"y.safetensors"}}""", "no valid JSON")]
    [InlineData("""{"weight_map":{"a":"\ud800.safetensors"}}""", "broken characters")]
    [InlineData("""{""", "no valid JSON")]
    [InlineData("", "no valid JSON")]
    public void A_malformed_index_is_refused(string index, string reason)
    {
        directory.Write(Index, index);
        Assert.Contains(reason, Refusal());
    }

    [Fact]
    [Trait(Fuzz.Trait, "shard index")]
    public void Mutants_of_an_index_open_or_fail_with_the_typed_error()
    {
        directory.CopyFrom(Fixture.At("tarsier-7b", "checkpoint"));
        var sound = File.ReadAllText(directory.File(Index));
        Fuzz.Run("model.safetensors.index.json", 1500, random =>
        {
            directory.Write(Index, Fuzz.Damage(sound, random));
            using var checkpoint = Checkpoint.Open(directory.Path);
            checkpoint.Take(Norm, 64);
        }, error => error is CheckpointException);
    }

    private string Refusal()
    {
        var error = Assert.Throws<CheckpointException>(() => Checkpoint.Open(directory.Path));
        Assert.DoesNotContain('\n', error.Message);
        return error.Message;
    }

    private void WriteWeights(string file, params string[] names)
    {
        using var tensor = Tensor.From([1, 2], new Shape(2));
        SafetensorsWriter.Write(directory.File(file), names.Select(name => (name, tensor)));
    }

    private void Tamper(Action<JsonObject> change)
    {
        foreach (var file in Directory.GetFiles(directory.Path))
        {
            File.Delete(file);
        }

        directory.CopyFrom(Fixture.At("tarsier-7b", "checkpoint"));
        var index = JsonNode.Parse(File.ReadAllText(directory.File(Index)))!;
        change(index["weight_map"]!.AsObject());
        directory.Write(Index, index.ToJsonString());
    }
}
