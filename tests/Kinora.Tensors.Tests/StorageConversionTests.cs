namespace Kinora.Tensors.Tests;

public class StorageConversionTests
{
    [Theory]
    [InlineData(StorageFormat.F32, 0)]
    [InlineData(StorageFormat.F16, 3e-4)]
    [InlineData(StorageFormat.BF16, 3e-3)]
    [InlineData(StorageFormat.Q8_0, 7e-3)]
    [InlineData(StorageFormat.Q8_0x16, 7e-3)]
    [InlineData(StorageFormat.Q4_0x16, 0.11)]
    public void Rounding_stays_within_the_format(StorageFormat format, double limit)
    {
        using var source = Numbers.Random(new Random(11), 20, 256);
        using var rounded = StorageConversion.Convert(source, format);
        var error = Numbers.RelativeError(source.AsSpan(), Numbers.Decode(rounded));
        Assert.InRange(error, limit / 10, limit);
    }

    [Fact]
    public unsafe void Blocks_are_those_of_GGUF()
    {
        var values = Enumerable.Range(0, 32).Select(i => (float)(i - 16)).ToArray();
        var q8 = stackalloc byte[34];
        StorageConversion.Row(values, StorageFormat.Q8_0, q8);
        Assert.Equal((Half)(16f / 127f), *(Half*)q8);
        Assert.Equal(-127, ((sbyte*)q8)[2]);
        Assert.Equal(119, ((sbyte*)q8)[2 + 31]);

        var q4 = stackalloc byte[18];
        StorageConversion.Row(values, StorageFormat.Q4_0x16, q4);
        Assert.Equal((Half)2f, *(Half*)q4);
        Assert.Equal(0x80, q4[2]); // -16 -> 0, and 0 -> 8 in the upper half
        Assert.Equal(0xF8, q4[2 + 15]); // -1 -> 8 (-0.5 + 8.5), 15 -> 15 (16 clipped)
    }

    [Fact]
    public void Rows_that_are_no_whole_blocks_are_refused()
    {
        using var source = Tensor.Allocate(new Shape(2, 40));
        Assert.Contains("multiple of 32", Assert.Throws<ArgumentException>(() => StorageConversion.Convert(source, StorageFormat.Q8_0)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void BFloat16_rounds_to_the_nearest_even()
    {
        using var source = Tensor.From([1f, 1.00390625f, 1.01171875f, float.PositiveInfinity, -0f, float.NaN], new Shape(1, 6));
        using var rounded = StorageConversion.Convert(source, StorageFormat.BF16);
        var values = Numbers.Decode(rounded);
        Assert.Equal([1.0, 1.0, 1.015625, double.PositiveInfinity, -0.0], values[..5]);
        Assert.True(double.IsNaN(values[5]));
    }
}
