namespace Kinora.Media.Tests;

/// <summary>Every resize vector of the golden images, bit for bit, by the plain and by the vector kernels.</summary>
public sealed class GoldenResizeTests
{
    public static TheoryData<string> Resizes => ImageCase.Names("resize", "resize-box");

    public static TheoryData<string> Thumbnails => ImageCase.Names("thumbnail");

    [Theory]
    [MemberData(nameof(Resizes))]
    public void Resize_gives_the_bytes_of_pillow(string name)
    {
        var golden = ImageCase.Find(name);
        var filter = Enum.Parse<ResampleFilter>(golden.Text("filter"), ignoreCase: true);
        if (golden.Text("mode") is "P" or "1")
        {
            // Palette indices can't be mixed: Pillow takes the nearest one whatever was asked for.
            filter = ResampleFilter.Nearest;
        }

        var (width, height) = (golden["size"][0].GetInt32(), golden["size"][1].GetInt32());
        (double, double, double, double)? box = golden.Has("box")
            ? (golden["box"][0].GetDouble(), golden["box"][1].GetDouble(), golden["box"][2].GetDouble(), golden["box"][3].GetDouble())
            : null;
        golden.AssertPicture("out", PillowResize.Resize(golden.Input(), width, height, filter, box));
        golden.AssertPicture("out", PillowResize.Resize(golden.Input(), width, height, filter, box, vectors: false));
    }

    [Theory]
    [MemberData(nameof(Thumbnails))]
    public void Thumbnail_gives_the_bytes_of_pillow(string name)
    {
        var golden = ImageCase.Find(name);
        double? gap = golden["reducing_gap"].ValueKind == System.Text.Json.JsonValueKind.Null ? null : golden["reducing_gap"].GetDouble();
        var picture = PillowThumbnail.Thumbnail(golden.Input(), golden["limit"][0].GetInt32(), golden["limit"][1].GetInt32(), Enum.Parse<ResampleFilter>(golden.Text("filter"), ignoreCase: true), gap);
        golden.AssertPicture("out", picture);
    }

    [Fact]
    public void The_vectors_are_all_there()
    {
        Assert.Equal(203, Resizes.Count);
        Assert.Equal(2, Thumbnails.Count);
    }
}
