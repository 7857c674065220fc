using Kinora.Models.Families;
using Kinora.Tensors;

namespace Kinora.Training.Tests.Worlds;

public class NewModelTests
{
    [Fact]
    public void The_same_seed_makes_the_same_files_and_another_seed_other_weights()
    {
        using var one = new NewModelDirectory();
        using var same = new NewModelDirectory();
        using var other = new NewModelDirectory(2);
        foreach (var file in Directory.EnumerateFiles(one.Path).Select(path => Path.GetFileName(path)))
        {
            var content = File.ReadAllBytes(Path.Combine(one.Path, file!));
            Assert.Equal(content, File.ReadAllBytes(Path.Combine(same.Path, file!)));
            Assert.Equal(file == "model.safetensors", !content.AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(other.Path, file!))));
        }
    }

    [Fact]
    public void It_loads_as_a_Tarsier_whose_signals_have_an_ordinary_size()
    {
        using var directory = new NewModelDirectory();
        using var model = ModelLoader.Load(directory.Path);
        using var operations = new TensorOperations();
        Assert.Equal("tarsier", model.Family);
        const string Text = "The red ball rolls to the left. Ünïcode too.";
        Assert.Equal(Text, model.Tokenizer.Decode(model.Tokenizer.Encode(Text, addSpecialTokens: false), skipSpecialTokens: false));
        Assert.Equal(model.ImageTokenId, Assert.Single(model.Tokenize(model.FirstPrompt("?", Layouts.Shapes(1)), begins: true), id => id == model.ImageTokenId));
        using var pixels = Tensor.Allocate(model.PixelShape(model.Layout(2)));
        var random = new Random(1);
        foreach (ref var value in pixels.AsSpan())
        {
            value = (random.NextSingle() - 0.5f) * 3.4f;
        }

        var features = model.Encode(operations, pixels, model.Layout(2).Units);
        Assert.InRange(Spread(features.AsSpan()), 0.3, 3);
        Assert.InRange(Spread(model.Connect(operations, features, model.Layout(2).Units).AsSpan()), 0.02, 3);
        Assert.All(model.Weights.Taken, entry => Assert.True(Spread(entry.Value.AsSpan()) < 2, entry.Key));
    }

    private static double Spread(ReadOnlySpan<float> values)
    {
        var sum = 0.0;
        foreach (var value in values)
        {
            Assert.True(float.IsFinite(value));
            sum += value * value;
        }

        return Math.Sqrt(sum / values.Length);
    }
}
