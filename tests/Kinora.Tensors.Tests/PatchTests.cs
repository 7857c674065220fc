namespace Kinora.Tensors.Tests;

public class PatchTests
{
    [Fact]
    public void Patches_lie_row_by_row_and_channel_by_channel()
    {
        using var operations = new TensorOperations();
        using var pixels = Tensor.Allocate(new Shape(2, 3, 6, 9));
        for (var i = 0; i < pixels.AsSpan().Length; i++)
        {
            pixels.AsSpan()[i] = i;
        }

        var patches = operations.Patches(pixels, 3);
        Assert.Equal(new Shape(12, 27), patches.Shape);
        for (var patch = 0; patch < 12; patch++)
        {
            for (var i = 0; i < 27; i++)
            {
                var (frame, row, column) = (patch / 6, patch / 3 % 2, patch % 3);
                var (channel, y, x) = (i / 9, i / 3 % 3, i % 3);
                Assert.Equal((((((frame * 3) + channel) * 6) + (row * 3) + y) * 9) + (column * 3) + x, patches.Row(patch)[i]);
            }
        }
    }

    [Fact]
    public void What_is_left_at_the_edges_belongs_to_no_patch()
    {
        using var operations = new TensorOperations();
        using var pixels = Tensor.Allocate(new Shape(1, 1, 5, 8));
        for (var i = 0; i < 40; i++)
        {
            pixels.AsSpan()[i] = i;
        }

        var patches = operations.Patches(pixels, 3);
        Assert.Equal(new Shape(2, 9), patches.Shape);
        Assert.Equal([3f, 4f, 5f, 11f, 12f, 13f, 19f, 20f, 21f], patches.Row(1).ToArray());
    }

    [Fact]
    public void A_picture_smaller_than_a_patch_is_refused()
    {
        using var operations = new TensorOperations();
        using var pixels = Tensor.Allocate(new Shape(1, 3, 10, 9));
        Assert.Contains("9x10", Assert.Throws<ArgumentException>(() => operations.Patches(pixels, 12)).Message, StringComparison.Ordinal);
    }
}
