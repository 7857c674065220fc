namespace Kinora.Media.Tests;

/// <summary>Reading pictures as RGB: PNG and GIF bit for bit, JPEG within the difference of decoders.</summary>
public sealed class GoldenConvertTests
{
    // Mean absolute difference in levels; decoders upsample colours differently.
    private const double JpegTolerance = 2.0;

    public static TheoryData<string> Cases => ImageCase.Names("convert");

    [Fact]
    public void The_vectors_are_all_there() => Assert.Equal(17, Cases.Count);

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Pictures_are_read_as_rgb(string name)
    {
        var golden = ImageCase.Find(name);
        var picture = await new MediaReader().ReadPictureAsync(golden.InputPath);
        Assert.Equal(3, picture.Channels);
        if (golden["exact"].GetBoolean())
        {
            golden.AssertPicture("rgb", picture);
            return;
        }

        var expected = golden.Bytes("rgb");
        Assert.Equal(expected.Length, picture.Pixels.Length);
        var difference = expected.Zip(picture.Pixels, (a, b) => Math.Abs(a - b)).Average();
        Assert.True(difference <= JpegTolerance, $"{name}: mean difference {difference:0.000}");
    }
}
