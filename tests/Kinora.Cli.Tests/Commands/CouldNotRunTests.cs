namespace Kinora.Cli.Tests.Commands;

/// <summary>What stops the program before any input ends with exit code 3 and one line.</summary>
public sealed class CouldNotRunTests
{
    [Fact]
    public void Model_directory_missing()
    {
        KinoraProcess.Run("describe", Repository.Clip(0), "--model", "/nowhere").ExpectError(3, "/nowhere", "does not exist", "config.json");
        KinoraProcess.Run("chat", Repository.Clip(0), "--model", "/nowhere").ExpectError(3, "/nowhere", "does not exist");
        KinoraProcess.Run("inspect", "/nowhere").ExpectError(3, "/nowhere", "does not exist");
        KinoraProcess.Run("tokenize", "a", "--model", "/nowhere").ExpectError(3, "/nowhere", "does not exist", "tokenizer.json");
    }

    [Fact]
    public void Model_is_a_file() => KinoraProcess.Run("describe", Repository.Clip(0), "--model", Repository.Clip(0)).ExpectError(3, Repository.Clip(0), "is a file");

    [Fact]
    public void Model_directory_empty()
    {
        using var folder = new TemporaryDirectory();
        Expect(folder.Path, folder.Path, "holds no weights", "model.safetensors");
        KinoraProcess.Run("tokenize", "a", "--model", folder.Path).ExpectError(3, folder.Path, "holds no tokenizer");
    }

    [Theory]
    [InlineData(0, "damaged")]
    [InlineData(4, "damaged")]
    [InlineData(1000, "damaged")]
    [InlineData(100_000, "damaged")]
    public void Weights_cut_short(int length, string part)
    {
        using var folder = new TemporaryDirectory();
        var model = folder.CopyTree(Repository.Model, "model");
        using (var file = File.OpenWrite(Path.Combine(model, "model.safetensors")))
        {
            file.SetLength(length);
        }

        Expect(model, Path.Combine(model, "model.safetensors"), part);
    }

    [Fact]
    public void Weights_that_are_no_numbers()
    {
        using var folder = new TemporaryDirectory();
        var model = folder.CopyTree(Repository.Model, "model");
        var bytes = File.ReadAllBytes(Path.Combine(model, "model.safetensors"));
        bytes.AsSpan(bytes.Length / 2).Fill(0xff); // NaN in 16 bits
        File.WriteAllBytes(Path.Combine(model, "model.safetensors"), bytes);
        var outcome = KinoraProcess.Run("describe", Repository.Clip(0), "--model", model);
        outcome.ExpectError(1);
        Assert.DoesNotContain("at Kinora", outcome.Err, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tokenizer.json")]
    [InlineData("config.json")]
    [InlineData("preprocessor_config.json")]
    public void Json_cut_in_the_middle(string name)
    {
        using var folder = new TemporaryDirectory();
        var model = folder.CopyTree(Repository.Model, "model");
        using (var file = File.OpenWrite(Path.Combine(model, name)))
        {
            file.SetLength(file.Length / 2);
        }

        Expect(model, Path.Combine(model, name), "JSON", "fetch the file again");
    }

    [Fact]
    public void Pickles_are_never_run()
    {
        using var folder = new TemporaryDirectory();
        var model = folder.CopyTree(Repository.Model, "model");
        File.Move(Path.Combine(model, "model.safetensors"), Path.Combine(model, "model.ckpt"));
        Expect(model, "model.ckpt", "pickle", "convert it to safetensors");
        File.Move(Path.Combine(model, "model.ckpt"), Path.Combine(model, "pytorch_model.bin"));
        Expect(model, "pytorch_model.bin", "no PyTorch checkpoint", "safetensors");
    }

    [Fact]
    public void Unknown_family()
    {
        using var folder = new TemporaryDirectory();
        var model = folder.CopyTree(Repository.Model, "model");
        File.WriteAllText(Path.Combine(model, "config.json"), """{"model_type": "mystery"}""");
        Expect(model, "config.json", "mystery", "Tarsier");
    }

    [Theory]
    [InlineData("describe")]
    [InlineData("frames")]
    [InlineData("chat")]
    public void Without_ffmpeg_it_says_what_to_install(string command)
    {
        using var empty = new TemporaryDirectory();
        KinoraProcess.RunWith("", new Dictionary<string, string> { ["PATH"] = empty.Path }, command, Repository.Clip(0)).ExpectError(3, "ffprobe", "apt-get install ffmpeg");
    }

    [Fact]
    public void Without_ffmpeg_no_input_is_counted_as_broken()
    {
        using var empty = new TemporaryDirectory();
        var outcome = KinoraProcess.RunWith("", new Dictionary<string, string> { ["PATH"] = empty.Path }, "describe", Repository.Clip(0), Repository.Clip(4), "--format", "jsonl");
        outcome.ExpectError(3, "ffmpeg");
        Assert.Empty(outcome.Out);
    }

    [Fact]
    public void Without_ffmpeg_png_pictures_still_work()
    {
        using var empty = new TemporaryDirectory();
        KinoraProcess.RunWith("", new Dictionary<string, string> { ["PATH"] = empty.Path }, "describe", Repository.Image("gray.png"), "--max-tokens", "1").Expect(0);
    }

    [Fact]
    public void A_full_disk_at_the_other_end_of_the_output()
    {
        using var empty = new TemporaryDirectory();
        KinoraProcess.Run("describe", Repository.Clip(0), "-o", "/dev/full/x").ExpectError(3, "/dev/full/x", "can't be written");
    }

    private static void Expect(string model, params string[] parts)
    {
        var outcome = KinoraProcess.Run("describe", Repository.Clip(0), "--model", model);
        outcome.ExpectError(3, parts);
        Assert.Empty(outcome.Out);
    }
}
